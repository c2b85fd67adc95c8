using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>Runs one trace through stores of several sizes under several policies, all in one reading.</summary>
internal static class Replaying
{
    public const int Chunk = 65_536;

    /// <summary>The name under which <see cref="Bound"/> stands beside policies.</summary>
    public const string BoundName = "bound";

    /// <param name="low">See <see cref="Simulation"/>.</param>
    /// <param name="read">Is told how many uses were read so far.</param>
    /// <returns>Size by size, in the given order; the bound last where it is wanted.</returns>
    public static IReadOnlyList<StoreFigures> Run(
        ITrace trace, Survey survey, IReadOnlyList<IEvictionPolicy> policies, bool withBound, IReadOnlyList<long> sizes, double low, Action<long> read, CancellationToken cancel)
    {
        var stores = sizes.Select(size => policies.Select(policy => new Simulation(policy, size, low)).ToArray()).ToArray();
        Simulation[] all = [.. stores.SelectMany(s => s)];
        foreach (var chunk in trace.Read().Chunk(Chunk))
        {
            Parallel.ForEach(all, new ParallelOptions { CancellationToken = cancel }, store =>
            {
                foreach (ref readonly var use in chunk.AsSpan())
                    store.Take(use);
            });
            read(chunk[^1].Index + 1);
        }

        return [.. sizes.Zip(stores).SelectMany(s =>
            s.Second.Select(store => store.Figures).Concat(withBound ? [Unbeatable(survey, s.First)] : []))];
    }

    private static StoreFigures Unbeatable(Survey survey, long capacity)
    {
        var (uses, bytes, seconds) = survey.Bound.Of(capacity);
        return new StoreFigures(BoundName, capacity, uses, bytes, bytes * survey.BytesAsked, seconds * survey.SecondsPossible, seconds);
    }
}
