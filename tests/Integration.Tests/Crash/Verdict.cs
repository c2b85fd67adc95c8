using System.Diagnostics;
using Understudy.Contracts;

namespace Understudy.Integration.Tests.Crash;

/// <summary>When all is quiet again: did every acknowledged event get what it asked for, and do catalogue and disk tell the same?</summary>
internal sealed class Verdict(Story story, WorkerProcess worker, string root, Ledger ledger)
{
    // Only ends a run that has failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public async Task ReachAsync()
    {
        await UntilAsync("every plan is done or dead", async api => Left(await api.PlansAsync()) is 0 ? null : $"{Left(await api.PlansAsync())} plans are left");
        foreach (var asset in story.Assets)
            await JudgeAsync(asset);
        await UntilAsync("the store's view is the disk's", async api => Difference(await api.StoreAsync()));
        await UntilAsync("the reserved folder is swept", _ => Task.FromResult(Leftovers()));
    }

    private static long Left(IReadOnlyList<PlanCount> plans) => plans.Where(p => p.State is AssetState.Pending or AssetState.Running).Sum(p => p.Plans);

    private async Task JudgeAsync(CrashAsset asset)
    {
        var view = await worker.AskAsync(async (_, api) => await api.FindAsync(asset.Id) ?? throw new HttpRequestException("404"));
        var file = Path.Combine(root, asset.Path);
        var hash = File.Exists(file) ? CrashAsset.HashOf(await File.ReadAllBytesAsync(file)) : null;
        var wrong = view is null ? "has no view" : Wrong(asset, view, hash);
        if (wrong is not null)
            ledger.Violation($"{asset.Id}: {wrong}\n  {Describe(view)}\n  {string.Join("\n  ", view?.History.Reverse().Select(h => $"{h.At:HH:mm:ss.fff} {h.What} {h.Detail}") ?? [])}");
    }

    private static string? Wrong(CrashAsset asset, AssetView view, string? hash)
    {
        var source = asset.Source!;
        if (asset.IsDeleted)
            return view.State == AssetState.Absent && hash is null ? null : $"was deleted, and is {view.State}, its file is {(hash is null ? "gone" : "there")}";
        if (!source.IsSound)
            return view is { State: AssetState.Dead, Plan: { Reason.Length: > 0, Fault: Fault.SourceGone or Fault.BadSource } } && (hash is null) == (view.Copy is null)
                ? null
                : $"has no usable source, and is {view.State}, its copy {(view.Copy is null ? "unknown" : "known")}, its file {(hash is null ? "gone" : "there")}";
        return view.State == AssetState.Present && view.Copy!.ETag == source.ETag && hash == source.Hash
            ? null
            : $"should be present with {source.ETag}, and is {view.State} with {view.Copy?.ETag}, its file {(hash == source.Hash ? "the newest" : hash is null ? "gone" : $"state {asset.NumberOfBytes(hash)}, not {source.Number}")}";
    }

    private static string Describe(AssetView? view) => $"generation {view?.Generation}, copy {view?.Copy}, plan {view?.Plan}";

    private string? Difference(StoreView store)
    {
        var files = StoreReader.FinalNames(root).Select(name => new FileInfo(Path.Combine(root, name)).Length).ToArray();
        return (store.Copies, store.UsedBytes, store.ReservedBytes, store.RetiredBytes) == (files.Length, files.Sum(), 0, 0)
            ? null
            : $"{store}, on the disk are {files.Length} files of {files.Sum()} bytes";
    }

    private string? Leftovers()
    {
        var reserved = Path.Combine(root, ".understudy");
        // Journals and folders bar late writers for a day; a probe is what a worker left that was killed as it started.
        var left = Directory.GetFiles(Path.Combine(reserved, "copying")).Where(f => Path.GetExtension(f) is not (".journal" or ".probe"))
            .Concat(Directory.GetFiles(Path.Combine(reserved, "retired")))
            .Select(f => Path.GetRelativePath(reserved, f)).ToArray();
        return left.Length == 0 ? null : string.Join(", ", left);
    }

    /// <param name="isWrong">null when it is as it should be.</param>
    private async Task UntilAsync(string what, Func<UnderstudyClient, Task<string?>> isWrong)
    {
        var wrong = "no answer";
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < Patience; await Task.Delay(100))
        {
            if (await worker.AskAsync(async (_, api) => new Answer(await isWrong(api))) is not { } answer)
                continue;
            if (answer.Wrong is null)
                return;
            wrong = answer.Wrong;
        }

        ledger.Violation($"not after {Patience}: {what}; {wrong}");
    }

    private sealed record Answer(string? Wrong);
}
