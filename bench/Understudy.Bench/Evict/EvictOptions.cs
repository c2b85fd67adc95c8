namespace Understudy.Bench.Evict;

/// <summary>What <c>bench/run evict</c> was asked for; help/evict.txt explains it.</summary>
internal sealed record EvictOptions
{
    public const string Policies = "policies";
    public const string HalfLife = "half-life";

    public bool Quick { get; init; }

    public int Seed { get; init; } = 1;

    public string? Trace { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [Policies, HalfLife];

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Of the demand that the figures in docs/benchmarks.md are for: 300,000 images, 4.5 TB, 2,000,000 uses.</summary>
    public double Scale => Quick ? 0.1 : 1;

    public static EvictOptions Parse(IEnumerable<string> arguments)
    {
        var all = new EvictOptions();
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--seed" => options with { Seed = words.Number(word, int.MaxValue) },
                "--trace" => options with { Trace = Path.GetFullPath(words.Value(word)) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
