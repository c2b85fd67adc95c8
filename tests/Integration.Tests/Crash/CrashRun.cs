using System.Diagnostics;
using System.Globalization;

namespace Understudy.Integration.Tests.Crash;

/// <summary>Workers under fire: a publisher, a reader and an auditor at work while <see cref="Chaos"/> kills, then the <see cref="Verdict"/>.</summary>
internal static class CrashRun
{
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>One worker with its private PostgreSQL.</summary>
    public static async Task AloneAsync(CrashSettings settings, ICrashSource source)
    {
        await using var reaper = await Reaper.StartAsync();
        var directory = reaper.Make("worker");
        await using var catalogue = CrashCatalogue.OfWorker(directory);
        await using var worker = new WorkerProcess("alone", directory, Settings(reaper, source));
        await RunAsync(settings, source, reaper, [worker], catalogue);
    }

    /// <summary>Two workers, one PostgreSQL, one store.</summary>
    public static async Task TogetherAsync(CrashSettings settings, ICrashSource source)
    {
        await using var reaper = await Reaper.StartAsync();
        await using var catalogue = await CrashCatalogue.StartAsync(reaper.Make("catalogue"));
        string[] all = [.. Settings(reaper, source), .. catalogue.Settings];
        await using var first = new WorkerProcess("first", reaper.Make("worker-1"), all);
        await using var second = new WorkerProcess("second", reaper.Make("worker-2"), all);
        await RunAsync(settings, source, reaper, [first, second], catalogue);
    }

    private static async Task RunAsync(CrashSettings settings, ICrashSource source, Reaper reaper, WorkerProcess[] workers, CrashCatalogue catalogue)
    {
        var started = Stopwatch.GetTimestamp();
        var (ledger, pace) = (new Ledger(), new Pace(settings.Rounds));
        var story = Story.Tell(settings, Store(reaper));
        foreach (var worker in workers)
            worker.Start();

        using var stop = new CancellationTokenSource();
        var publisher = new Publisher(source, workers, pace, ledger);
        var published = Task.WhenAll(story.Steps.Select(steps => Task.Run(() => publisher.PlayAsync(steps, stop.Token))));
        var watching = Task.WhenAll(
            Task.Run(() => new StoreReader(Store(reaper), story.Assets, ledger, settings.Seed + 2).RunAsync(stop.Token)),
            Task.Run(() => new Auditor(story.Assets, workers, ledger, settings.Seed + 3).RunAsync(stop.Token)));
        try
        {
            await new Chaos(workers, catalogue, pace, ledger, settings).RunAsync();
            await published.WaitAsync(Patience);
            var calm = Stopwatch.GetElapsedTime(started);
            await new Verdict(story, workers[0], Store(reaper), ledger).ReachAsync();
            Say($"{settings}: chaos for {calm.TotalSeconds:0} s, quiet after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s; {ledger.Faults}; {Traffic(story, source)}; {ledger.Sends} sends, {ledger.Reads} files read");
        }
        finally
        {
            await stop.CancelAsync();
        }

        await watching;
        if (ledger.Violations.Count > 0 && settings.Keep)
            reaper.Keep();
        Assert.True(ledger.Violations.Count == 0, $"{settings}{(settings.Keep ? $", see {reaper.Folder}" : "")}\n{string.Join('\n', ledger.Violations.Take(10))}");
    }

    private static string Store(Reaper reaper) => Path.Combine(reaper.Folder, "store");

    private static string[] Settings(Reaper reaper, ICrashSource source) =>
    [
        $"--Storage:Root={Store(reaper)}", "--Storage:GracePeriod=00:00:01", "--Storage:MinFreeBytes=0",
        $"--Sources:AllowedBuckets:0={source.Bucket}", $"--Aws:ServiceUrl={source.ServiceUrl}", "--Aws:ForcePathStyle=true",
        "--Copying:PartSize=131072", "--Copying:SweepInterval=00:00:01", "--Copying:StallTimeout=00:00:01", "--Copying:PartTries=3", "--Copying:PartRetryDelay=00:00:00.050",
        // Slow enough for most kills to hit copies half-way.
        "--Flow:MaxBytesPerSecond=6 MiB",
        string.Create(CultureInfo.InvariantCulture, $"--Plans:LeaseTime={LeaseTime}"), "--Plans:PollInterval=00:00:00.200",
        "--Plans:RetryDelay=00:00:00.050", "--Plans:MaxRetryDelay=00:00:01", "--Plans:MaxAttempts=100", "--Plans:DrainTime=00:00:01",
        "--Logging:Format=Text",
    ];

    /// <summary>How much was fetched again.</summary>
    private static string Traffic(Story story, ICrashSource source)
    {
        var fetched = story.Assets.Where(a => a.Source is { IsSound: true }).Select(a => (Asset: a, Times: source.Served(a.Key) / (double)a.Lengths.Sum())).OrderBy(f => f.Times).ToArray();
        var (served, needed) = (story.Assets.Sum(a => source.Served(a.Key)), story.Assets.Sum(a => a.Lengths.Sum()));
        return string.Create(CultureInfo.InvariantCulture,
            $"{story.Assets.Count} assets, {story.Assets.Sum(a => a.Lengths.Count)} states of {needed >> 20} MiB in all, {served >> 20} MiB fetched; an asset's median {fetched[fetched.Length / 2].Times:0.00}×, most {fetched[^1].Times:0.00}× ({fetched[^1].Asset.Id}, {string.Join(" ", fetched[^1].Asset.Lengths)} bytes)");
    }

    private static void Say(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Console.WriteLine(text);
    }
}
