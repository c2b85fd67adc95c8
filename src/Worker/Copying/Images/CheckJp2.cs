using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Understudy.Copying.Images;

/// <summary>
/// <c>understudy check-jp2 FILE…</c>: one line a file, or one JSON object a line.
/// Exit code 0: all sound; 1: some are broken; 2: some could not be read.
/// </summary>
internal static class CheckJp2
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // File names stay readable; nothing here goes into HTML.
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private enum Result
    {
        Ok,
        Bad,
        Unreadable,
    }

    private sealed record Line(string File, Result Result, ImageFacts? Facts, string? Reason);

    public static int Run(IEnumerable<string> files, TextWriter output, bool json)
    {
        var worst = Result.Ok;
        foreach (var file in files)
        {
            var line = Check(file);
            output.WriteLine(json ? JsonSerializer.Serialize(line, Json) : Text(line));
            worst = line.Result > worst ? line.Result : worst;
        }

        return (int)worst;
    }

    private static Line Check(string file)
    {
        try
        {
            using var handle = File.OpenHandle(file);
            return ImageCheck.Check((offset, buffer) => RandomAccess.Read(handle, buffer, offset), RandomAccess.GetLength(handle)) switch
            {
                ImageVerdict.Sound sound => new Line(file, Result.Ok, sound.Facts, null),
                ImageVerdict.Broken broken => new Line(file, Result.Bad, null, broken.Reason),
                var other => throw new InvalidOperationException($"no such verdict: {other}"),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Line(file, Result.Unreadable, null, e.Message);
        }
    }

    private static string Text(Line line) => line.Facts is not { } facts
        ? $"{(line.Result == Result.Bad ? "BAD" : "UNREADABLE")} {line.File}: {line.Reason}"
        : $"ok  {line.File}  {facts.Width}x{facts.Height}, {facts.TileWidth}x{facts.TileHeight} tiles, {facts.Levels} levels, "
            + $"{facts.Components} components, {facts.BitDepth} bit{(facts.Format == ImageFormat.Jp2 ? "" : $", {facts.Format} not JP2")}";
}
