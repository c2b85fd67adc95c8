using System.Diagnostics;
using System.Text;
using Understudy.Bench.Measuring;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Warm.Planner;

/// <summary>How fast the URLs of whole pyramids are made and written, as <c>understudy warm-plan</c> writes them, but to nowhere.</summary>
internal sealed class PlannerSpeed(WarmOptions options, string workFolder, QuietMachine quiet)
{
    private static readonly (int Width, int Height)[] Sizes = [(4_000, 3_000), (20_000, 30_000), (100_000, 100_000)];

    private static readonly int[] Versions = [2, 3];

    private readonly TimeSpan _time = TimeSpan.FromMilliseconds(options.Quick ? 20 : 80);

    public async Task MeasureAsync(WarmResults results, CancellationToken cancel)
    {
        var pyramids =
            (from size in Sizes
             from version in Versions
             from profile in Enum.GetValues<ViewerProfile>()
             select (Info: Pyramids.Info(size.Width, size.Height, version), Profile: profile)).ToArray();
        Progress.Say("planner: OpenSeadragon in Node");
        var peers = await OpenSeadragon.RatesAsync(options, workFolder, [.. pyramids.Select(p => (p.Info, p.Profile))], _time, cancel);
        Progress.Say("planner: Understudy");
        // Until the runtime has optimised what runs, the first figures would be others than the last.
        foreach (var (info, profile) in pyramids)
            Measure(Image(info), profile, null);
        await quiet.WaitAsync(cancel);
        foreach (var ((info, profile), n) in pyramids.Select((p, n) => (p, n)))
        {
            cancel.ThrowIfCancellationRequested();
            results.Planner.Add(Measure(Image(info), profile, peers?[n]));
        }
    }

    private static IiifImage Image(string info) =>
        IiifImage.TryParse(Encoding.UTF8.GetBytes(info), out var image, out var error) ? image : throw new BenchException($"the planner does not read {info}: {error}");

    private PlannerRow Measure(IiifImage image, ViewerProfile profile, Peer? peer)
    {
        var start = image.Id + "/";
        var urls = TilePlan.Of(image, profile).Select(r => start + r.Path).ToArray();
        if (peer is not null && (peer.Urls != urls.Length || peer.Last != urls[^1]))
            throw new BenchException($"OpenSeadragon makes {peer.Urls} URLs that end with {peer.Last}, the planner {urls.Length} that end with {urls[^1]}");

        using var nowhere = new StreamWriter(Stream.Null, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        Plan();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Plan();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var (plans, arrays) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Math.Max(3, options.Rounds); round++)
        {
            var (plan, array) = (Rate(Plan, urls.Length), Rate(Array, urls.Length));
            if (round == 0)
                continue;
            plans.Add(plan);
            arrays.Add(array);
        }

        return new PlannerRow(image.Width, image.Height, image.Version, profile, urls.Length, (double)allocated / urls.Length, Spread.Of(plans)!, Spread.Of(arrays)!, peer?.Rates);

        void Plan()
        {
            foreach (var request in TilePlan.Of(image, profile))
            {
                nowhere.Write(start);
                nowhere.WriteLine(request.Path);
            }
        }

        void Array()
        {
            foreach (var url in urls)
                nowhere.WriteLine(url);
        }
    }

    private double Rate(Action all, int urls)
    {
        var (started, times) = (Stopwatch.GetTimestamp(), 0L);
        TimeSpan taken;
        do
        {
            all();
            times++;
        }
        while ((taken = Stopwatch.GetElapsedTime(started)) < _time);
        return times * urls / taken.TotalSeconds;
    }
}
