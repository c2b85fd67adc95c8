using Understudy.Bench.Copy;

namespace Understudy.Bench.CacheFolders;

/// <summary>What <c>bench/run cachefolders</c> was asked for; help/cachefolders.txt explains it.</summary>
internal sealed record CacheFoldersOptions
{
    private int? _rounds;
    private int? _files;

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 1 : 5);
        init => _rounds = value;
    }

    public int Files
    {
        get => _files ?? (Quick ? 20_000 : 200_000);
        init => _files = value;
    }

    /// <summary>Above the folder that is made; null: memory.</summary>
    public string? Below { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes.</summary>
    public static TimeSpan RunLimit => TimeSpan.FromMinutes(10);

    public static CacheFoldersOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var options = new CacheFoldersOptions { Worker = CopyOptions.BuiltWorker(repository) };
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = words.Number(word, 50) },
                "--files" => options with { Files = Math.Max(1_000, words.Number(word, 10_000_000)) },
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
