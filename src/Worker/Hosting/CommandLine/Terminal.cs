namespace Understudy.Hosting.CommandLine;

/// <summary>Where a verb writes and reads.</summary>
/// <param name="Width">Columns of the terminal; null where output goes to a file or a pipe: nothing is cut or drawn over then.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, Func<Stream> Input, int? Width, Func<string, string?> Variable)
{
    public static Terminal OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput,
        Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 40),
        Environment.GetEnvironmentVariable);
}
