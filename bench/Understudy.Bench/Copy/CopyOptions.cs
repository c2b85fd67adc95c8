using System.Globalization;
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
        var words = new Queue<string>(arguments.SelectMany(a => a.StartsWith("--", StringComparison.Ordinal) ? a.Split('=', 2) : [a]));
        while (words.TryDequeue(out var word))
        {
            options = word switch
            {
                "--quick" => options with { Quick = true },
                "--disk" => options with { Disk = true },
                "--rounds" => options with { Rounds = Number(word, Value(words, word), 100) },
                "--minutes" => options with { Limit = TimeSpan.FromMinutes(Number(word, Value(words, word), 24 * 60)) },
                "--only" => options with { Only = Names(word, Value(words, word), all.Only) },
                "--tools" => options with { Tools = Names(word, Value(words, word), all.Tools) },
                "--speed" => options with { Speeds = Names(word, Value(words, word), all.Speeds) },
                "--worker" => options with { Worker = Path.GetFullPath(Value(words, word)) },
                "--out" => options with { Out = Value(words, word) },
                "--json" => options with { Json = Value(words, word) },
                _ => throw new FormatException($"there is no option '{word}'"),
            };
        }

        return options;
    }

    private static string Value(Queue<string> words, string option) =>
        words.TryDequeue(out var value) && value.Length > 0 ? value : throw new FormatException($"{option} needs a value");

    private static int Number(string option, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"{option} is a whole number from 1 to {most}, not '{text}'");

    private static string[] Names(string option, string text, IReadOnlyList<string> allowed)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = names.Except(allowed).FirstOrDefault();
        return unknown is null && names.Length > 0
            ? names
            : throw new FormatException($"{option} takes some of {string.Join(", ", allowed)}, not '{unknown ?? text}'");
    }
}
