using Understudy.Hosting.CommandLine;

namespace Understudy.Comparing;

/// <summary>
/// <c>understudy compare</c>: the same requests, cold and warm, to two or more image servers. Exit code 0: all answers were good;
/// 1: some weren't, or an asset was left out; 2: wrong usage, or no assets; 3: a server can't be reached; 130: interrupted.
/// </summary>
internal static class Compare
{
    /// <param name="showProgress">Whether a person looks at standard error.</param>
    public static async Task<int> RunAsync(CompareArguments arguments, Terminal terminal, bool showProgress, TimeProvider time, CancellationToken cancel)
    {
        if (Check(arguments) is { } wrong)
            return Complain(terminal, wrong, ExitCode.Usage);
        if (ReadAssets(arguments, terminal, out var assets) is { } unreadable)
            return Complain(terminal, $"{arguments.Assets}: {unreadable}", ExitCode.Usage);

        ImageServer[] servers = [.. arguments.Bases.Select(b => new ImageServer(b, time))];
        try
        {
            var comparison = new Comparison(servers) { Profile = arguments.Profile, Given = assets.Count };
            var progress = new CompareProgress(terminal.Error, showProgress, assets.Count, time);
            var unreachable = await new Replay(arguments, comparison, progress, time).RunAsync(assets, cancel);
            progress.Clear();
            if (unreachable is not null)
                terminal.Error.WriteLine($"this server can't be reached: {unreachable}");
            if (unreachable is null || comparison.Compared > 0)
                CompareReport.Write(comparison, arguments.Json, terminal);
            return comparison.Interrupted ? ExitCode.Interrupted
                : unreachable is not null ? ExitCode.Unreachable
                : comparison.LeftOut.Count > 0 || servers.Any(s => Enum.GetValues<Pass>().Any(p => comparison.Of(s, p).Errors.Count > 0)) ? ExitCode.Failed
                : ExitCode.Done;
        }
        finally
        {
            foreach (var server in servers)
                server.Dispose();
        }
    }

    private static string? Check(CompareArguments arguments) =>
        arguments.Bases.FirstOrDefault(b => !IsBase(b)) is { } wrong ? $"--base {wrong} is no address; write what stands before an identifier, such as http://node1:8182/iiif/2"
        : arguments.Info is { } info && AssetPlan.IsAddress(info) && !info.Contains("{id}", StringComparison.Ordinal) ? "--info as an address needs {id} where the identifier goes"
        : null;

    private static bool IsBase(string text) =>
        AssetPlan.IsAddress(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "" };

    private static string? ReadAssets(CompareArguments arguments, Terminal terminal, out IReadOnlyList<ComparedAsset> assets)
    {
        assets = [];
        try
        {
            using var lines = new StreamReader(arguments.Assets == "-" ? terminal.Input() : File.OpenRead(arguments.Assets));
            assets = AssetList.Read(lines, arguments.Bases.Count, out var error);
            return error;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message;
        }
    }

    private static int Complain(Terminal terminal, string what, int code)
    {
        terminal.Error.WriteLine(what);
        return code;
    }
}
