using Microsoft.Win32.SafeHandles;

namespace Understudy.Hosting.CommandLine;

/// <summary>Where a verb writes and reads.</summary>
/// <param name="Bytes">The same place as <paramref name="Output"/>, for verbs that write much; it throws when nobody reads any more. Null where there is only the writer.</param>
/// <param name="Width">Columns of the terminal; null where output goes to a file or a pipe: nothing is cut or drawn over then.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, Func<Stream> Input, int? Width, Func<string, string?> Variable, Func<Stream>? Bytes = null)
{
    public static Terminal OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput,
        Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 40),
        Environment.GetEnvironmentVariable,
        OpenOutput);

    // The console's own stream says nothing when its reader has gone (| head). But a file needs it: FileStream doesn't move the position that
    // standard output shares with other processes.
    private static Stream OpenOutput()
    {
        var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return direct.CanSeek ? Console.OpenStandardOutput() : direct;
    }
}
