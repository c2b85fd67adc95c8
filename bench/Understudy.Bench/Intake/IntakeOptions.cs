using Understudy.Bench.Copy;

namespace Understudy.Bench.Intake;

/// <summary>What <c>bench/run intake</c> was asked for; help/intake.txt explains it.</summary>
internal sealed record IntakeOptions
{
    public const string Latency = "latency";

    private const int FewestMessages = 1_000;

    private int? _rounds;
    private int? _messages;

    public required string Repository { get; init; }

    public required string Worker { get; init; }

    public bool Quick { get; init; }

    public int Rounds
    {
        get => _rounds ?? (Quick ? 2 : 5);
        init => _rounds = value;
    }

    public int Messages
    {
        get => _messages ?? (Quick ? 5_000 : 20_000);
        init => _messages = value;
    }

    public IReadOnlyList<string> Only { get; init; } = [MessageSet.Hits, MessageSet.Distinct, Latency];

    public string? Out { get; init; }

    public string? Json { get; init; }

    /// <summary>Far above what the slowest run takes.</summary>
    public static TimeSpan RunLimit => TimeSpan.FromMinutes(4);

    public static IntakeOptions Parse(string repository, IEnumerable<string> arguments)
    {
        var all = new IntakeOptions { Repository = repository, Worker = CopyOptions.BuiltWorker(repository) };
        var options = all;
        var words = new OptionWords(arguments);
        while (words.Next() is { } word)
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--rounds" => options with { Rounds = words.Number(word, 20) },
                "--messages" => options with { Messages = Math.Max(FewestMessages, words.Number(word, 100_000)) },
                "--only" => options with { Only = words.Names(word, all.Only) },
                "--worker" => options with { Worker = Path.GetFullPath(words.Value(word)) },
                "--out" => options with { Out = words.Value(word) },
                "--json" => options with { Json = words.Value(word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }
}
