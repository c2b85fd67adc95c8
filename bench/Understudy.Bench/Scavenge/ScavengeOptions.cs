using Understudy.Bench.Copy;

namespace Understudy.Bench.Scavenge;

/// <summary>What <c>bench/run scavenge</c> was asked for; help/scavenge.txt explains it.</summary>
internal sealed record ScavengeOptions
{
    public const string Tree = "tree";
    public const string Choose = "choose";

    private int? _rounds;
    private int? _files;
    private int? _copies;

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 1 : 3);
        init => _rounds = value;
    }

    public int Files
    {
        get => _files ?? (Quick ? 5_000 : 50_000);
        init => _files = value;
    }

    public int Copies
    {
        get => _copies ?? (Quick ? 50_000 : 1_000_000);
        init => _copies = value;
    }

    /// <summary>Of the store, that goes.</summary>
    public int Percent { get; init; } = 10;

    public IReadOnlyList<string> Only { get; init; } = [Tree, Choose];

    public bool Statements { get; init; }

    /// <summary>Above the folder that is made; null: memory.</summary>
    public string? Below { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes.</summary>
    public static TimeSpan RunLimit => TimeSpan.FromMinutes(20);

    public static ScavengeOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var all = new ScavengeOptions { Worker = CopyOptions.BuiltWorker(repository) };
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = words.Number(word, 50) },
                "--files" => options with { Files = Math.Max(1_000, words.Number(word, 2_000_000)) },
                "--copies" => options with { Copies = Math.Max(10_000, words.Number(word, 10_000_000)) },
                "--percent" => options with { Percent = words.Number(word, 50) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--statements" => options with { Statements = true },
                "--below" => options with { Below = Path.GetFullPath(words.Value(word)) },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
