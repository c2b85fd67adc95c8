using Understudy.Bench.Copy;

namespace Understudy.Bench.Reconcile;

/// <summary>What <c>bench/run reconcile</c> was asked for; help/reconcile.txt explains it.</summary>
internal sealed record ReconcileOptions
{
    private int? _rounds;
    private int? _files;

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 1 : 3);
        init => _rounds = value;
    }

    public int Files
    {
        get => _files ?? (Quick ? 5_000 : 200_000);
        init => _files = value;
    }

    public bool Statements { get; init; }

    /// <summary>Above the folder that is made; null: memory.</summary>
    public string? Below { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    public static ReconcileOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var options = new ReconcileOptions { Worker = CopyOptions.BuiltWorker(repository) };
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = words.Number(word, 20) },
                "--files" => options with { Files = Math.Max(1_000, words.Number(word, 2_000_000)) },
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
