using Understudy.Bench.Contenders;
using Understudy.Bench.Data;

namespace Understudy.Bench.Copy;

/// <summary>What <c>bench/run copy</c> was asked for; help/copy.txt explains it.</summary>
internal sealed record CopyOptions
{
    public const string Latency = "latency";
    public const string Unlimited = "unlimited";
    public const string Limited = "limited";

    private int? _rounds;

    public required string Repository { get; init; }

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 2 : 5);
        init => _rounds = value;
    }

    public IReadOnlyList<string> Only { get; init; } = [.. DataSet.Copied.Select(s => s.Name), Latency];

    public IReadOnlyList<string> Tools { get; init; } = [.. InstalledTool.KnownNames, UnderstudyContender.ToolName];

    public IReadOnlyList<string> Speeds { get; init; } = [Unlimited, Limited];

    public bool Disk { get; init; }

    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(90);

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes, so that a tool that hangs is noticed within the hour.</summary>
    public static TimeSpan RunLimit => TimeSpan.FromMinutes(4);

    public bool WithUnderstudy => Tools.Contains(UnderstudyContender.ToolName);

    public IReadOnlyList<DataSet> Sets => [.. DataSet.Copied.Where(s => Only.Contains(s.Name))];

    public bool WithLatency => WithUnderstudy && Only.Contains(Latency);

    public static string BuiltWorker(string repository) => Path.Combine(repository, "src/Worker/bin/Release/net10.0/understudy");

    public static CopyOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var all = new CopyOptions { Repository = repository, Worker = BuiltWorker(repository) };
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--disk" => options with { Disk = true },
                "--rounds" => options with { Rounds = words.Number(word, 100) },
                "--minutes" => options with { Limit = TimeSpan.FromMinutes(words.Number(word, 24 * 60)) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--tools" => options with { Tools = words.Names(word, all.Tools) },
                "--speed" => options with { Speeds = words.Names(word, all.Speeds) },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
