using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Understudy.Hosting.CommandLine;

namespace Understudy.Warming.Planning;

/// <summary>What <c>understudy warm-plan</c> is told.</summary>
/// <param name="Info">A file, or - for standard input.</param>
/// <param name="Base">What stands before the requests; null for the id in the info.json.</param>
internal sealed record WarmPlanArguments(string Info, ViewerProfile Profile, string? Base, int? MaxRequests, bool Json);

/// <summary>
/// <c>understudy warm-plan</c>: the URLs of all tiles that a viewer can ask for, the top level first, row by row, one a line.
/// Exit code 0: printed, or as much as the reader wanted; 1: nothing can be asked for, or nothing be written; 2: no info.json.
/// </summary>
internal static class WarmPlan
{
    // An info.json has a few kilobytes; of what is much larger, only so much is read.
    private const int MaxBytes = 2 << 20;

    // What the system calls EPIPE; .NET gives it as it is.
    private const int BrokenPipe = 32;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Addresses stay readable; nothing here goes into HTML.
    };

    /// <param name="Refusal">Why a server must refuse it, though a viewer asks.</param>
    private sealed record Line(string Url, int Level, Side Source, Side Output, string? Refusal);

    private sealed record Side(int Width, int Height);

    public static int Run(WarmPlanArguments arguments, Terminal terminal)
    {
        if (Read(arguments.Info, terminal, out var json) is { } unreadable)
            return Complain(terminal, $"{Name(arguments)}: {unreadable}", ExitCode.Usage);
        if (!IiifImage.TryParse(json, out var image, out var error))
            return Complain(terminal, $"{Name(arguments)}: {error}", ExitCode.Usage);
        if (Pyramid.Obstacle(image, arguments.Profile) is { } obstacle)
            return Complain(terminal, $"{Name(arguments)}: {obstacle}", ExitCode.Failed);

        try
        {
            Write(arguments, image, terminal);
            return ExitCode.Done;
        }
        catch (IOException closed) when (closed.HResult == BrokenPipe)
        {
            // The reader has seen enough: | head
            return ExitCode.Done;
        }
        catch (IOException bad)
        {
            return Complain(terminal, bad.Message, ExitCode.Failed);
        }
    }

    private static string? Read(string info, Terminal terminal, out ReadOnlyMemory<byte> json)
    {
        json = default;
        try
        {
            using var stream = info == "-" ? terminal.Input() : File.OpenRead(info);
            var buffer = new byte[MaxBytes];
            json = buffer.AsMemory(0, stream.ReadAtLeast(buffer, MaxBytes, throwOnEndOfStream: false));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static void Write(WarmPlanArguments arguments, IiifImage image, Terminal terminal)
    {
        var start = (arguments.Base?.TrimEnd('/') ?? image.Id) + "/";
        using var buffered = terminal.Bytes is { } bytes ? new StreamWriter(bytes(), new UTF8Encoding(false), 1 << 16) { NewLine = "\n" } : null;
        var output = buffered ?? terminal.Output;
        foreach (var request in TilePlan.Of(image, arguments.Profile).Take(arguments.MaxRequests ?? int.MaxValue))
        {
            if (arguments.Json)
            {
                var line = new Line(start + request.Path, request.Level, Sides(request.Source), Sides(request.Output), image.Refusal(request));
                output.WriteLine(JsonSerializer.Serialize(line, Json));
            }
            else
            {
                output.Write(start);
                output.WriteLine(request.Path);
            }
        }
    }

    private static Side Sides(PixelSize size) => new(size.Width, size.Height);

    private static string Name(WarmPlanArguments arguments) => arguments.Info == "-" ? "standard input" : arguments.Info;

    private static int Complain(Terminal terminal, string what, int code)
    {
        terminal.Error.WriteLine(what);
        return code;
    }
}
