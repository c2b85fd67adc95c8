using Understudy.Bench.Measuring;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>What one would take in the worker's place: a tool of the system, and the URLs that <c>understudy warm-plan</c> prints. None looks at what it gets.</summary>
internal sealed class ToolWay(string name, int requests, Command command) : IWay
{
    public string Name => name;

    public async Task<WarmerSample> RunAsync(CancellationToken cancel)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var sample = await command.RunAsync(WarmOptions.RunLimit, cancel);
        return new WarmerSample(requests, sample.WallSeconds, sample.CpuSeconds, ServerCpuSeconds: (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    /// <summary>Those that are installed.</summary>
    /// <param name="urls">A file, one a line.</param>
    public static IEnumerable<IWay> All(string urls, int requests, int atOnce)
    {
        var (curl, xargs, wget) = (Programs.Find("curl"), Programs.Find("xargs"), Programs.Find("wget"));
        if (curl is not null)
        {
            var pairs = $"{urls}.curl";
            File.WriteAllLines(pairs, File.ReadLines(urls).SelectMany(url => new[] { $"url = \"{url}\"", "output = \"/dev/null\"" }));
            yield return new ToolWay("curl --parallel", requests, new Command(curl, ["-sSf", "--parallel", "--parallel-max", $"{atOnce}", "-K", pairs]));
        }

        if (curl is not null && xargs is not null)
            yield return new ToolWay("xargs -P -n 100 curl", requests, new Command("/bin/sh", ["-c", "exec \"$0\" -a \"$1\" -P \"$2\" -n 100 \"$3\" -sSf >/dev/null", xargs, urls, $"{atOnce}", curl]));
        if (wget is not null)
            yield return new ToolWay("wget -i (one at a time)", requests, new Command(wget, ["-q", "--no-proxy", "-O", "/dev/null", "-i", urls]));
    }
}
