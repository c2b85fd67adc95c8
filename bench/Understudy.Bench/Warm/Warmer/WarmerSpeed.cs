using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Warm.Warmer;

/// <summary>Bulk warmings against servers that answer at once, by the worker and by what one would take in its place, in turns.</summary>
internal sealed class WarmerSpeed(WarmOptions options, string workFolder, QuietMachine quiet)
{
    private const int Levels = 5;

    // After one, the runtime still optimises what runs.
    private const int Warmups = 2;

    // Of one asset, as Warming:MaxRequestsPerAsset has it.
    private const int Pictures = 20;

    private IEnumerable<(int Concurrency, int Nodes)> Cells => options.Quick ? [(8, 1)] : [(2, 1), (8, 1), (32, 1), (2, 3), (8, 3), (32, 3)];

    public async Task MeasureAsync(WarmResults results, CancellationToken cancel)
    {
        var plan = await PlanAsync(cancel);
        foreach (var (concurrency, nodes) in Cells)
            await CellAsync(concurrency, nodes, plan, results, cancel);
    }

    private async Task CellAsync(int concurrency, int nodes, IReadOnlyList<string> plan, WarmResults results, CancellationToken cancel)
    {
        await using var server = await InstantServer.StartAsync(nodes, cancel);
        var assets = options.Assets / nodes;
        // Beside the pictures, info.json of each node; and one to plan by.
        var requests = assets * ((nodes * (plan.Count + 1)) + 1);
        var name = $"{concurrency} at once at {nodes}";
        var folder = Directory.CreateDirectory(Path.Combine(workFolder, $"warmer-{concurrency}-{nodes}")).FullName;
        var settings = new Dictionary<string, string>
        {
            ["Warming__Versions"] = "2",
            ["Warming__MaxRequestsPerAsset"] = $"{Pictures}",
            ["Warming__Flow__Concurrency"] = $"{concurrency}",
        };
        foreach (var (n, node) in server.Nodes.Index())
            settings[$"Cantaloupe__Tiles__Nodes__{n}"] = node.ToString().TrimEnd('/');
        await using var worker = await WorkerService.StartAsync(options.Worker, settings, Path.Combine(folder, "store"), folder, cancel);
        await KnownCopies.AddAsync(worker, assets, InstantServer.Width, InstantServer.Height, Levels, cancel);

        var urls = Urls(server, plan, assets).ToArray();
        var list = Path.Combine(folder, "urls");
        await File.WriteAllLinesAsync(list, urls, cancel);
        IWay[] ways =
        [
            new BareLoop([.. urls.Select(u => new Uri(u, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))], concurrency * nodes),
            new UnderstudyWay(worker, server, requests),
            // The others once: how many at once they have changes little, and all of it has to end.
            .. ToolWay.All(list, urls.Length, concurrency * nodes).Take((concurrency, nodes) == (8, 1) ? int.MaxValue : 1),
        ];
        var cell = new WarmerCell(concurrency, nodes, assets, requests, [.. ways.Select(w => new WayRounds(w.Name, []))]);
        results.Warmer.Add(cell);
        for (var round = 1 - Warmups; round <= options.Rounds; round++)
        {
            foreach (var (way, rounds) in ways.Zip(cell.Ways))
            {
                // A new process each time has nothing to warm.
                if (round < 1 && way is ToolWay)
                    continue;
                await quiet.WaitAsync(cancel);
                var sample = await way.RunAsync(cancel);
                Progress.Say($"warmer, {name}, round {round}: {way.Name} {sample.Requests / sample.Seconds:0}/s");
                if (round > 0)
                    rounds.Samples.Add(sample);
            }
        }

        cell.Permitted = (await worker.Client.NodesAsync(cancel)).Average(n => n.Permitted);
    }

    private static IEnumerable<string> Urls(InstantServer server, IReadOnlyList<string> plan, int assets) =>
        from n in Enumerable.Range(1, assets)
        from node in server.Nodes
        let image = $"{node.ToString().TrimEnd('/')}/iiif/2/%2F{Uri.EscapeDataString(KnownCopies.Path(n))}"
        from request in plan.Prepend("info.json")
        select $"{image}/{request}";

    /// <summary>Asked of the command once: what follows an image's address is the same for all of one size.</summary>
    private async Task<IReadOnlyList<string>> PlanAsync(CancellationToken cancel)
    {
        const string Base = "http://image";
        var info = Path.Combine(workFolder, "info.json");
        await File.WriteAllTextAsync(info, Pyramids.Info(InstantServer.Width, InstantServer.Height, version: 2), cancel);
        var said = await new Command(options.Worker, ["warm-plan", "--info", info, "--profile", "B", "--base", Base, "--max-requests", $"{Pictures}"])
            .OutputAsync(TimeSpan.FromSeconds(30), cancel);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(url => url[(Base.Length + 1)..])];
    }
}
