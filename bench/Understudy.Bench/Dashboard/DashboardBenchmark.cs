using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Dashboard;

/// <summary>How soon each page begins to come, and how soon each call of the API answers that pages are made of.</summary>
internal sealed partial class DashboardBenchmark(DashboardBenchmarkOptions options, string workFolder)
{
    // Before them, the runtime compiles, and PostgreSQL reads its pages.
    private const int Warmup = 20;

    private readonly QuietMachine _quiet = new(TimeSpan.FromSeconds(options.Quick ? 0.2 : 2));

    public async Task<DashboardResults> RunAsync(CancellationToken cancel)
    {
        var results = new DashboardResults(Machine.Here(), options.Assets) { LoadBefore = Load() };
        var settings = new Dictionary<string, string> { ["Scavenging__Evicts"] = "false", ["Storage__MaxBytes"] = "5TiB" };
        await using var worker = await WorkerService.StartAsync(options.Worker, settings, Path.Combine(workFolder, "store"), workFolder, cancel);
        try
        {
            Progress.Say($"dashboard: {options.Assets:N0} assets into the catalogue");
            await KnownCatalogue.AddAsync(worker, options.Assets, cancel);
            await _quiet.WaitAsync(cancel);
            var pages = await PagesAsync(worker.Http, cancel);
            foreach (var (name, path) in pages)
                results.Pages.Add(await MeasureAsync(worker.Http, name, path, cancel));
            foreach (var (name, path) in Calls())
                results.Calls.Add(await MeasureAsync(worker.Http, name, path, cancel));
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is BenchException or HttpRequestException or NpgsqlException)
        {
            results.Failures.Add($"{failed.Message}; the worker's log ends: {worker.LastWords()}");
        }

        results.LoadAfter = Load();
        return results;
    }

    /// <summary>What the menu has, and lists as people narrow them.</summary>
    private static async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(HttpClient http, CancellationToken cancel)
    {
        var menu = MenuItem().Matches(await http.GetStringAsync("/", cancel)).Select(m => (m.Groups[2].Value, m.Groups[1].Value));
        return
        [
            .. menu,
            ("Assets of a space", "/assets?customer=3&space=3"),
            ("Assets that begin so", "/assets?id=3/3/image-00"),
            ("Assets that are dead", "/assets?state=dead"),
            ("Assets, far behind", "/assets?after=7/20/image-0500000"),
            ("One asset", $"/assets/{KnownCatalogue.Present}"),
        ];
    }

    private static (string Name, string Path)[] Calls() =>
    [
        .. ((string[])["store", "plans", "plans/faults", "plans/list?state=dead", "workers", "queues", "nodes", "targets/health", "worth?days=1&neverUsed=false", "throughput?step=10s", "pins", "purges", "schedules", "usage",
            "copies?order=coldest", "copies?order=largest", "configuration", "assets", "assets?customer=3&space=3", "assets?q=3/3/image-00", "assets?state=dead", $"assets/{KnownCatalogue.Present}"])
            .Select(c => ($"`GET /api/v1/{c}`", $"/api/v1/{c}")),
    ];

    private async Task<DashboardSample> MeasureAsync(HttpClient http, string name, string path, CancellationToken cancel)
    {
        var first = new double[options.Requests];
        var bytes = 0;
        for (var i = -Warmup; i < options.Requests; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancel);
            var head = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            bytes = (await response.Content.ReadAsByteArrayAsync(cancel)).Length;
            if (!response.IsSuccessStatusCode)
                throw new BenchException($"GET {path} answered {(int)response.StatusCode}");
            if (i >= 0)
                first[i] = head;
        }

        Array.Sort(first);
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"dashboard: {name} {Spread.Percentile(first, 50):0.0} ms"));
        return new DashboardSample(name, options.Requests, bytes, first[0], Spread.Percentile(first, 50), Spread.Percentile(first, 99), first[^1]);
    }

    private static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    [GeneratedRegex("<li><a href=\"([^\"]+)\"[^>]*>([^<]+)</a></li>")]
    private static partial Regex MenuItem();
}
