using Understudy.Hosting.CommandLine;
using Understudy.Integration.Tests.Copying;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>The command line, as somebody types it who has a worker to ask.</summary>
internal static class CommandLine
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(CopyWorker worker, params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error, () => Stream.Null, Width: null, Variable: name => name == "UNDERSTUDY_URL" ? worker.Address.ToString() : null);
        var code = await UnderstudyCommand.RunAsync(words, terminal, TimeProvider.System, new LocalActions(_ => Task.FromResult(0), (_, _, _) => 0, null));
        return (code, output.ToString(), error.ToString());
    }
}
