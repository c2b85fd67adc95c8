using Understudy.Scavenging.Policies;
using Understudy.Scavenging.Replay;

namespace Understudy.Worker.Tests.Scavenging;

/// <summary>Short traces, written down or thrown together.</summary>
internal sealed record ListedTrace(IReadOnlyList<Use> Uses) : ITrace
{
    public IEnumerable<Use> Read() => Uses;

    /// <summary>One use a second of assets called by letters; each asset's size, 1 where none is given.</summary>
    public static ListedTrace Of(string letters, params (char Asset, long Bytes)[] sizes)
    {
        var numbers = letters.Distinct().ToList();
        return new([.. letters.Select((letter, i) =>
            new Use(i, i, numbers.IndexOf(letter), sizes.FirstOrDefault(s => s.Asset == letter).Bytes is > 0 and var bytes ? bytes : 1))]);
    }

    public static ListedTrace Random(Random random, int uses, bool equalSizes)
    {
        var sizes = Enumerable.Range(0, random.Next(2, 60)).Select(_ => equalSizes ? 1_000_000 : (long)Math.Exp(random.NextDouble() * 18) + 1).ToArray();
        var (numbers, list, at) = (new Dictionary<int, int>(), new List<Use>(), 0d);
        for (var i = 0; i < uses; i++)
        {
            var asset = (int)(sizes.Length * Math.Pow(random.NextDouble(), 2));
            if (!numbers.TryGetValue(asset, out var number))
                numbers.Add(asset, number = numbers.Count);
            list.Add(new Use(i, at += random.NextDouble() * 100_000, number, sizes[asset]));
        }

        return new(list);
    }

    public Survey Survey() => Understudy.Scavenging.Replay.Survey.Of(this, _ => { }, CancellationToken.None);

    /// <summary>What the store holds at the end.</summary>
    public string Kept(IEvictionPolicy policy, long capacity, string letters)
    {
        var store = new Simulation(policy, capacity, 1);
        foreach (var use in Uses)
            store.Take(use);
        return string.Concat(letters.Distinct().Where((_, asset) => store.Holds(asset)).Order());
    }
}
