using Understudy.Bench.Copy;

namespace Understudy.Bench.Dashboard;

/// <summary>What <c>bench/run dashboard</c> was asked for; help/dashboard.txt explains it.</summary>
internal sealed record DashboardBenchmarkOptions
{
    private int? _assets;
    private int? _requests;

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Assets
    {
        get => _assets ?? (Quick ? 20_000 : 1_000_000);
        init => _assets = value;
    }

    /// <summary>For each page, and for each call of the API behind them.</summary>
    public int Requests
    {
        get => _requests ?? (Quick ? 30 : 300);
        init => _requests = value;
    }

    public string? Out { get; init; }

    public string? Json { get; init; }

    public static DashboardBenchmarkOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var options = new DashboardBenchmarkOptions { Worker = CopyOptions.BuiltWorker(repository) };
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--assets" => options with { Assets = words.Number(word, 10_000_000) },
                "--requests" => options with { Requests = words.Number(word, 10_000) },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
