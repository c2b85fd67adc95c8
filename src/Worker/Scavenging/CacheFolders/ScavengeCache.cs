using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.CacheFolders;

/// <summary><c>understudy scavenge-cache</c>: one sweep, without a worker.</summary>
internal static class ScavengeCache
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DictionaryKeyPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="showProgress">Whether a person looks at standard error.</param>
    public static async Task<int> RunAsync(ScavengeCacheArguments arguments, Terminal terminal, bool showProgress, TimeProvider time, CancellationToken cancel)
    {
        var root = Path.GetFullPath(arguments.Root);
        if (CacheRoot.FaultOf(root, []) is { } fault)
            return Refuse($"{root} {fault}");
        var folder = new CacheFolderOptions { Root = root, MaxBytes = arguments.MaxBytes, MaxFiles = arguments.MaxFiles };
        folder.MinAge = arguments.MinAge ?? folder.MinAge;
        folder.BusyPercent = arguments.BusyPercent ?? folder.BusyPercent;
        var wrong = new List<ValidationResult>();
        if (!Validator.TryValidateObject(folder, new ValidationContext(folder), wrong, validateAllProperties: true))
            return Refuse("--min-age is a time from 1m to 24h");

        var result = await new CacheFolderSweep(folder, arguments.DryRun, time, NullLogger<CacheFolderSweep>.Instance).RunAsync(null, ShowAsync, cancel);
        if (showProgress)
            terminal.Error.Write("\r\e[K");
        if (arguments.Json)
            terminal.Output.WriteLine(JsonSerializer.Serialize(result, Json));
        else
            Write(result, folder, arguments.DryRun, time.GetUtcNow(), terminal);
        return cancel.IsCancellationRequested ? ExitCode.Interrupted : result is { WithinBudget: true, Faults: 0 } ? ExitCode.Done : ExitCode.Failed;

        int Refuse(string what)
        {
            terminal.Error.WriteLine(what);
            return ExitCode.Usage;
        }

        Task ShowAsync(string? checkpoint, string progress, double? fraction)
        {
            if (showProgress)
                terminal.Error.Write($"\r\e[K{fraction:P0}  {progress}");
            return Task.CompletedTask;
        }
    }

    private static void Write(SweepResult result, CacheFolderOptions folder, bool dryRun, DateTimeOffset now, Terminal terminal)
    {
        var table = new Table("FOLDER", "FILES", "SIZE", dryRun ? "WOULD GO" : "REMOVED", "SIZE", "YOUNG", "TEMPORARY", "STRANGERS", "FOLDERS", dryRun ? "WOULD GO" : "REMOVED");
        foreach (var (kind, tally) in result.Kinds)
            table.Add(kind.Folder(), $"{tally.Files}", $"{new ByteSize(tally.Bytes)}", $"{tally.RemovedFiles}", $"{new ByteSize(tally.RemovedBytes)}", $"{tally.Young}", $"{tally.Temporary}", $"{tally.Strangers}", $"{tally.Folders}", $"{tally.RemovedFolders}");
        table.Write(terminal.Output, terminal.Width);

        var (files, size) = (result.Files - result.RemovedFiles, new ByteSize(result.Bytes - result.RemovedBytes));
        if (result.CutShort is { } why)
            terminal.Output.WriteLine($"not finished: {why}");
        else if (result.RemovedFiles == 0 && result.WithinBudget)
            terminal.Output.WriteLine("nothing has to go");
        if (result.UnusedSince is { } since)
            terminal.Output.WriteLine($"{(dryRun ? "would go" : "gone")}: what was last used before {AssetText.Time(since)}; {files} files, {size} stay");
        if (result is { Finished: true, WithinBudget: false })
            terminal.Output.WriteLine($"still over the budget: the rest is younger than {folder.MinAge}, being written, or can't be deleted");
        if (result.UnusedSince is not null && result.AccessTimes == AccessTimes.NotKept)
            terminal.Output.WriteLine("this file system keeps no access times (noatime?): the order is that of writing, and what is used goes like what isn't");
        if (result.UnusedSince is { } day && result.AccessTimes == AccessTimes.KeptDaily && now - day < TimeSpan.FromDays(1))
            terminal.Output.WriteLine("access times are exact to a day here (relatime), and files less than a day old had to go: the budget is too small to tell used ones from others");
        if (result.Faults > 0)
            terminal.Output.WriteLine($"the file system refused {result.Faults} times, such as: {string.Join("; ", result.Examples.Select(Table.OneLine))}");
    }
}
