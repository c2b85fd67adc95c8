using Understudy.Bench.Measuring;

namespace Understudy.Bench.Purge;

internal sealed class CommandPosts(string name, int assets, Command command) : IPostWay
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public string Name => name;

    public async Task<BulkSample> RunAsync(CancellationToken cancel)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var sample = await command.RunAsync(Limit, cancel);
        return new BulkSample(name, assets, sample.WallSeconds, null) { CpuSeconds = sample.CpuSeconds, NodesCpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds };
    }
}
