using Understudy.Bench.Contenders;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>A bulk warming by a real worker: timed by the server, from its first request to its last answer.</summary>
internal sealed class UnderstudyWay(WorkerService worker, InstantServer server, int requests) : IWay
{
    public const string Title = "**understudy**";

    public string Name => Title;

    public async Task<WarmerSample> RunAsync(CancellationToken cancel)
    {
        server.Forget();
        var (cpu, catalogueCpu, serverCpu) = (worker.Process.CpuSeconds, worker.Catalogue?.FamilyCpuSeconds, Environment.CpuUsage.TotalTime);
        await new BulkWarming(worker).RunAsync(WarmOptions.RunLimit, cancel);
        if (server.Answers != requests)
            throw new BenchException($"the worker made {server.Answers} requests, not the {requests} that were expected");
        return new WarmerSample(
            requests,
            server.Busy.TotalSeconds,
            worker.Process.CpuSeconds - cpu,
            worker.Catalogue?.FamilyCpuSeconds - catalogueCpu,
            (Environment.CpuUsage.TotalTime - serverCpu).TotalSeconds);
    }
}
