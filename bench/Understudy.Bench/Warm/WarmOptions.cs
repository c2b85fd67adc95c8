using Understudy.Bench.Copy;

namespace Understudy.Bench.Warm;

/// <summary>What <c>bench/run warm</c> was asked for; help/warm.txt explains it.</summary>
internal sealed record WarmOptions
{
    public const string Planner = "planner";
    public const string Warmer = "warmer";
    public const string View = "view";

    private int? _rounds;
    private int? _assets;
    private int? _images;

    public required string Repository { get; init; }

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 1 : 3);
        init => _rounds = value;
    }

    /// <summary>Of one bulk warming at one node; a third of them where there are three, so that the requests are as many.</summary>
    public int Assets
    {
        get => _assets ?? (Quick ? 100 : 250);
        init => _assets = value;
    }

    /// <summary>Of the gallery.</summary>
    public int Images
    {
        get => _images ?? (Quick ? 6 : 50);
        init => _images = value;
    }

    public IReadOnlyList<string> Only { get; init; } = [Planner, Warmer, View];

    public string? Svg { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes.</summary>
    public static TimeSpan RunLimit => TimeSpan.FromMinutes(3);

    public static WarmOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var all = new WarmOptions { Repository = repository, Worker = CopyOptions.BuiltWorker(repository) };
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = words.Number(word, 20) },
                "--assets" => options with { Assets = Math.Max(3, words.Number(word, 10_000)) },
                "--images" => options with { Images = words.Number(word, 200) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--svg" => options with { Svg = words.Value(word) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
