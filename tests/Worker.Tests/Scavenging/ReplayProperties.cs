using Understudy.Scavenging.Policies;
using Understudy.Scavenging.Replay;

namespace Understudy.Worker.Tests.Scavenging;

/// <summary>REPLAY_SEED repeats a run; a failure names the seed of its trace.</summary>
public sealed class ReplayProperties
{
    private const int Traces = 300;

    [Fact]
    public void No_policy_ever_holds_more_than_the_store_has_or_something_else_than_was_copied() => ForAll(equalSizes: false, (seed, random, trace, survey) =>
    {
        var (capacity, low) = (random.NextInt64(1, survey.Footprint + 2), 0.3 + (random.NextDouble() * 0.7));
        foreach (var policy in All(survey))
        {
            var store = new Simulation(policy, capacity, low);
            foreach (var use in trace.Uses)
            {
                store.Take(use);
                var held = trace.Uses.Take((int)use.Index + 1).DistinctBy(u => u.Asset).Where(u => store.Holds(u.Asset)).Sum(u => u.Bytes);
                Assert.True(store.Held == held && held <= capacity, $"seed {seed}, {policy.Name}: holds {held}, says {store.Held}, of {capacity}");
                Assert.True(store.Holds(use.Asset) || use.Bytes > capacity, $"seed {seed}, {policy.Name}: what was asked for isn't there");
            }
        }
    });

    [Fact]
    public void Nobody_misses_less_than_belady_where_files_are_equally_large() => ForAll(equalSizes: true, (seed, random, trace, survey) =>
    {
        var capacity = random.NextInt64(1_000_000, survey.Footprint + 1_000_000);
        var figures = Run(trace, survey, capacity, low: 1);
        var belady = figures.Single(f => f.Policy == "belady");
        foreach (var other in figures.Where(f => f.Policy != Replaying.BoundName))
            Assert.True(belady.ObjectMiss <= other.ObjectMiss + 1e-12, $"seed {seed}: {other.Policy} {other.ObjectMiss}, belady {belady.ObjectMiss}");
    });

    [Fact]
    public void Nobody_beats_the_bound_in_uses_bytes_or_seconds_whatever_the_sizes() => ForAll(equalSizes: false, (seed, random, trace, survey) =>
    {
        var figures = Run(trace, survey, random.NextInt64(1, survey.Footprint + 2), low: 1);
        var bound = figures.Single(f => f.Policy == Replaying.BoundName);
        foreach (var other in figures)
        {
            Assert.True(
                bound.ObjectMiss <= other.ObjectMiss + 1e-9 && bound.ByteMiss <= other.ByteMiss + 1e-9 && bound.StallShare <= other.StallShare + 1e-9,
                $"seed {seed}: {other} beats {bound}");
        }
    });

    [Fact]
    public void A_store_for_everything_copies_everything_once() => ForAll(equalSizes: false, (seed, _, trace, survey) =>
    {
        foreach (var f in Run(trace, survey, survey.Footprint, low: 0.8))
        {
            Assert.True(Math.Abs(f.ObjectMiss - ((double)survey.Assets / survey.Uses)) < 1e-9, $"seed {seed}: {f}");
            Assert.True(Math.Abs(f.CopiedBytes - survey.Footprint) <= 1e-9 * survey.Footprint, $"seed {seed}: {f}, {survey.Footprint}");
        }
    });

    [Fact]
    public void Scores_that_are_put_right_late_give_the_order_of_scores_that_are_always_right() => ForAll(equalSizes: false, (seed, random, trace, survey) =>
    {
        var capacity = random.NextInt64(1, survey.Footprint + 2);
        foreach (var policy in new IScoredPolicy[] { new ByWorth(), new LeastRecentlyUsed(), new FirstInFirstOut() })
        {
            var (late, always) = (new Simulation(policy, capacity, 0.8), new Simulation(new AlwaysRight(policy), capacity, 0.8));
            foreach (var use in trace.Uses)
            {
                late.Take(use);
                always.Take(use);
                Assert.True(late.Held == always.Held, $"seed {seed}, {policy.Name}, use {use.Index}");
            }
        }
    });

    private static void ForAll(bool equalSizes, Action<int, Random, ListedTrace, Survey> holds)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("REPLAY_SEED"), out var given) ? given : Environment.TickCount & 0xFFFFF;
        TestContext.Current.TestOutputHelper!.WriteLine($"REPLAY_SEED={first}");
        for (var seed = first; seed < first + Traces; seed++)
        {
            var random = new Random(seed);
            var trace = ListedTrace.Random(random, random.Next(1, 250), equalSizes);
            holds(seed, random, trace, trace.Survey());
        }
    }

    private static IReadOnlyList<IEvictionPolicy> All(Survey survey) =>
        [.. KnownPolicies.Create(KnownPolicies.Names, survey, TimeSpan.FromDays(1)).Policies, new ByWorth(), new Gdsf("seconds", CopyCost.Seconds), new Gdsf("remembered", CopyCost.Seconds, 86_400)];

    private static IReadOnlyList<StoreFigures> Run(ITrace trace, Survey survey, long capacity, double low) =>
        Replaying.Run(trace, survey, All(survey), true, [capacity], low, _ => { }, CancellationToken.None);

    /// <summary>The same policy, looked at in full each time.</summary>
    private sealed class AlwaysRight(IScoredPolicy policy) : IEvictionPolicy, IEvictionOrder
    {
        private readonly Dictionary<int, double> _memories = [];
        private readonly Dictionary<int, Use> _copies = [];

        public string Name => policy.Name;

        public IEvictionOrder Begin(long capacity) => this;

        public void Used(in Use use) => _memories[use.Asset] = policy.Remember(_memories.GetValueOrDefault(use.Asset, Heat.None), use.At);

        public void Copied(in Use use) => _copies[use.Asset] = use;

        public int Next()
        {
            var next = _copies.MinBy(c => policy.Score(_memories[c.Key], c.Value.At, c.Value.Bytes)).Key;
            _copies.Remove(next);
            return next;
        }
    }
}
