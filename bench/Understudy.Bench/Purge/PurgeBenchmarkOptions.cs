using Understudy.Bench.Copy;

namespace Understudy.Bench.Purge;

/// <summary>What <c>bench/run purge</c> was asked for; help/purge.txt explains it.</summary>
internal sealed record PurgeBenchmarkOptions
{
    public const string Single = "single";
    public const string Bulk = "bulk";

    public const int Nodes = 4;

    /// <summary>Short, so that many refreshes take a while only.</summary>
    public static readonly TimeSpan SingleSettle = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan BulkSettle = TimeSpan.FromSeconds(1);

    private int? _assets;
    private int? _refreshes;

    public required string Repository { get; init; }

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Assets
    {
        get => _assets ?? (Quick ? 2_000 : 100_000);
        init => _assets = value;
    }

    public int Refreshes
    {
        get => _refreshes ?? (Quick ? 30 : 300);
        init => _refreshes = value;
    }

    public IReadOnlyList<string> Only { get; init; } = [Single, Bulk];

    /// <summary>Whether PostgreSQL counts its time by statement.</summary>
    public bool Statements { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes: 20 assets a second.</summary>
    public TimeSpan RunLimit => TimeSpan.FromSeconds(120 + (Assets / 20));

    public static PurgeBenchmarkOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var all = new PurgeBenchmarkOptions { Repository = repository, Worker = CopyOptions.BuiltWorker(repository) };
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--assets" => options with { Assets = words.Number(word, 1_000_000) },
                "--refreshes" => options with { Refreshes = words.Number(word, 10_000) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--statements" => options with { Statements = true },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
