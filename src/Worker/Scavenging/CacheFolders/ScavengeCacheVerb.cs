using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.CacheFolders;

/// <param name="Root">As it was written: may be relative.</param>
internal sealed record ScavengeCacheArguments(string Root, ByteSize? MaxBytes, long? MaxFiles, TimeSpan? MinAge, int? BusyPercent, bool DryRun, bool Json);

/// <summary><c>understudy scavenge-cache ROOT --max-bytes 100GiB --max-files 10M</c></summary>
internal static class ScavengeCacheVerb
{
    private const string Description =
        "Keeps one of Cantaloupe's cache folders (FilesystemCache.pathname) within a budget: removes what was used least recently, down to 90 % of what it may hold; "
        + "never what is young, being written, or not Cantaloupe's. Needs no worker. Exit codes: 0 within the budget, 1 over it all the same or refused by the file system, 2 wrong usage, 130 interrupted.";

    public static Command Create(Func<ScavengeCacheArguments, Terminal, CancellationToken, Task<int>> scavenge, Terminal terminal)
    {
        var root = new Argument<string>("ROOT") { Description = "the folder that holds image, info and source" };
        var bytes = new Option<ByteSize?>("--max-bytes") { HelpName = "SIZE", Description = "what all files may take on the disk: 100GiB", CustomParser = ParseSize };
        var files = new Option<long?>("--max-files") { HelpName = "N", Description = "how many files there may be: 500k, 10M", CustomParser = ParseCount };
        var age = new Option<TimeSpan?>("--min-age") { HelpName = "TIME", Description = "leave what was written or used since; 30m unless given", CustomParser = r => Duration.Parse(r) };
        var busy = new Option<int?>("--busy-percent") { HelpName = "N", Description = "share of the time to work in, 1 to 100; 25 unless given, so that viewers don't feel it" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would go" };
        var json = new Option<bool>("--json") { Description = "JSON for machines" };
        var verb = new Verb("scavenge-cache", Description,
            "understudy scavenge-cache /mnt/cache --max-bytes 100GiB --max-files 10M --dry-run",
            "understudy scavenge-cache /var/cache/cantaloupe --max-bytes 20GiB --busy-percent 100 --json")
        {
            root, bytes, files, age, busy, dryRun, json,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(bytes) is null && result.GetResult(files) is null)
                result.AddError("say how much there may be: --max-bytes, --max-files or both");
            if (result.GetResult(busy)?.Errors.Any() == false && result.GetValue(busy) is < 1 or > 100)
                result.AddError("--busy-percent is a whole number from 1 to 100");
        });
        verb.SetAction((parsed, cancel) => scavenge(
            new(parsed.GetRequiredValue(root), parsed.GetValue(bytes), parsed.GetValue(files), parsed.GetValue(age), parsed.GetValue(busy), parsed.GetValue(dryRun), parsed.GetValue(json)),
            terminal, cancel));
        return verb;
    }

    private static ByteSize? ParseSize(ArgumentResult result)
    {
        if (ByteSize.TryParse(result.Tokens[^1].Value, CultureInfo.InvariantCulture, out var size) && size.Bytes > 0)
            return size;
        result.AddError($"--max-bytes is '{result.Tokens[^1].Value}'; it must be {ByteSize.Allowed}, above 0");
        return null;
    }

    private static long? ParseCount(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        var factor = char.ToLowerInvariant(text.LastOrDefault()) switch { 'k' => 1_000L, 'm' => 1_000_000L, _ => 1L };
        if (decimal.TryParse(factor == 1 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and < 1_000_000_000_000 && number * factor >= 1)
            return (long)(number * factor);
        result.AddError($"--max-files is '{text}'; it must be a number such as 200000, 500k or 10M, from 1 up");
        return null;
    }
}
