using System.Diagnostics;
using Understudy.Bench.Measuring;
using Understudy.Scavenging.Policies;
using Understudy.Scavenging.Replay;

namespace Understudy.Bench.Evict;

/// <summary>The policies of the worker and what others do, through the same uses, by the code that runs in production.</summary>
internal sealed class EvictBenchmark(EvictOptions options)
{
    public const double Low = 0.8;

    public static readonly double[] Shares = [0.01, 0.03, 0.1];
    public static readonly double[] Churns = [0.001, 0.005, 0.02, 0.05, 0.1];
    private static readonly double[] HalfLives = [2, 5, 7, 10, 14, 20, 40];

    /// <summary>The worker's own (85 of 90 %), and no more than must.</summary>
    private static readonly double[] Marks = [85.0 / 90, 1];

    /// <summary>Seconds; 20 minutes is the worker's own.</summary>
    private static readonly double[] Graces = [0, 1_200];

    private const double Day = 86_400;

    public EvictResults Run(CancellationToken cancel)
    {
        var (results, clock) = (new EvictResults(Machine.Here()), Stopwatch.StartNew());
        try
        {
            if (options.Only.Contains(EvictOptions.Policies))
                foreach (var demand in options.Trace is { } file ? [new Demand(Path.GetFileName(file), new TraceFile(file))] : Demand.Generated(options.Seed, options.Scale))
                    results.Demands.Add(Replay(demand, cancel));
            if (options.Only.Contains(EvictOptions.HalfLife) && options.Trace is null)
                foreach (var churn in Churns)
                    foreach (var demand in Demand.Generated(options.Seed, options.Scale * 0.3, churn))
                        results.HalfLives.AddRange(HalfLifeRows(demand, churn, cancel));
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            results.Failures.Add(wrong.Message);
        }

        results.Seconds = clock.Elapsed.TotalSeconds;
        return results;
    }

    private static DemandResults Replay(Demand demand, CancellationToken cancel)
    {
        Progress.Say($"{demand.Name}: looking at it");
        var survey = Survey.Of(demand.Trace, _ => { }, cancel);
        long[] sizes = [.. Shares.Select(s => Math.Max(1, (long)(survey.Footprint * s)))];
        Progress.Say(FormattableString.Invariant($"{demand.Name}: {survey.Uses:N0} uses"));
        var figures = Replaying.Run(demand.Trace, survey, Contenders(survey), true, sizes, Low, _ => { }, cancel);
        return new DemandResults(
            demand.Name, survey.Uses, survey.Assets, survey.Footprint, (double)survey.UsedOnce / Math.Max(1, survey.Assets), sizes, figures,
            [.. Marks.SelectMany(low => Graces.SelectMany(grace => Marked(demand, survey, sizes, low, grace, cancel)))]);
    }

    private static IEnumerable<StoreFigures> Marked(Demand demand, Survey survey, long[] sizes, double low, double grace, CancellationToken cancel) =>
        Replaying.Run(demand.Trace, survey, [new WithGrace(new LeastRecentlyUsed(), grace), new WithGrace(new ByWorth(), grace)], false, sizes, low, _ => { }, cancel)
            .Select(f => f with { Policy = FormattableString.Invariant($"{f.Policy}, to {low * 100:0.#} %{(grace > 0 ? FormattableString.Invariant($", {grace / 60:0} min") : "")}") });

    private static IReadOnlyList<IEvictionPolicy> Contenders(Survey survey) =>
    [
        new FirstInFirstOut(), new LeastRecentlyUsed(), new S3Fifo(),
        new Gdsf("gdsf", _ => 1), new Gdsf("gdsf, seconds", CopyCost.Seconds), new Gdsf("gdsf, seconds, remembered", CopyCost.Seconds, ByWorth.HalfLife),
        new ByWorth(), new Belady(survey.Next),
    ];

    private static IEnumerable<HalfLifeRow> HalfLifeRows(Demand demand, double churn, CancellationToken cancel)
    {
        Progress.Say(FormattableString.Invariant($"{demand.Name}, {churn * 100:0.#} % of ranks change in a day: half-lives"));
        var survey = Survey.Of(demand.Trace, _ => { }, cancel);
        long[] sizes = [.. Shares.Select(s => (long)(survey.Footprint * s))];
        (string Name, IEvictionPolicy Policy)[] policies =
        [
            ("lru", new LeastRecentlyUsed()), ("gdsf, 10 days", new Gdsf("", CopyCost.Seconds, 10 * Day)), ("gdsf, 20 days", new Gdsf("", CopyCost.Seconds, 20 * Day)),
            .. HalfLives.Select(h => (FormattableString.Invariant($"{h:0}"), (IEvictionPolicy)new ByWorth(h * Day))),
        ];
        var figures = Replaying.Run(demand.Trace, survey, [.. policies.Select(p => p.Policy)], false, sizes, Low, _ => { }, cancel);
        return policies.Index().Select(p => new HalfLifeRow(
            demand.Name, churn, p.Item.Name, [.. sizes.Index().Select(s => figures[(s.Index * policies.Length) + p.Index].StallShare)]));
    }
}
