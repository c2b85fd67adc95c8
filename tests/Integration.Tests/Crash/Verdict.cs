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
        await UntilAsync("every plan is done or dead", async api => Left(await api.PlansAsync()) is var left and not 0 ? $"{left} plans are left" : null);
        var copies = new List<CopyView>();
        foreach (var asset in story.Assets)
        {
            if (await JudgeAsync(asset) is { } copy)
                copies.Add(copy);
        }

        await UntilAsync("the store's view is the catalogue's copies", async api => Difference(await api.StoreAsync(), copies));
        await UntilAsync("the reserved folder is swept", _ => Task.FromResult(Leftovers()));
    }

    private static long Left(IReadOnlyList<PlanCount> plans) => plans.Where(p => p.State is AssetState.Pending or AssetState.Running).Sum(p => p.Plans);

    private async Task<CopyView?> JudgeAsync(CrashAsset asset)
    {
        var view = await worker.AskAsync(async (_, api) => await api.FindAsync(asset.Id) ?? throw new HttpRequestException("404"));
        var file = Path.Combine(root, asset.Path);
        var bytes = File.Exists(file) ? await File.ReadAllBytesAsync(file) : null;
        if ((view is null ? "has no view" : Wrong(asset, view, bytes)) is { } wrong)
            ledger.Violation($"{asset.Id}: {wrong}\n  generation {view?.Generation}, copy {view?.Copy}, plan {view?.Plan}\n  {string.Join("\n  ", view?.History.Reverse().Select(h => $"{h.At:HH:mm:ss.fff} {h.What} {h.Detail}") ?? [])}");
        return view?.Copy;
    }

    private string? Wrong(CrashAsset asset, AssetView view, byte[]? bytes)
    {
        var source = asset.Source!;
        var hash = bytes is null ? null : CrashAsset.HashOf(bytes);
        if (asset.IsDeleted)
            return view is { State: AssetState.Absent, Copy: null } && bytes is null ? null : $"was deleted, and is {view.State}, its file is {(bytes is null ? "gone" : "there")}";
        if (source.IsSound)
            return view.State == AssetState.Present && view.Copy!.ETag == source.ETag && view.Copy.Bytes == bytes?.Length && hash == source.Hash
                ? null
                : $"should be present with {source.ETag}, and is {view.State} with {view.Copy?.ETag}, its file {(hash == source.Hash ? "the newest" : hash is null ? "gone" : $"state {asset.NumberOfBytes(hash)}, not {source.Number}")}";
        if (view is not { State: AssetState.Dead, Plan: { Reason.Length: > 0, Fault: Fault.SourceGone or Fault.BadSource } })
            return $"has no usable source, and is {view.State}";

        // A worker that died after it had published, before it could say so, and then a source that is gone: nothing is left that the file could be
        // proved by. Reconciling has to deal with it; here it is counted.
        if (view.Copy?.Bytes != bytes?.Length)
            ledger.Count("unrecorded file of a dead asset");
        return null;
    }

    private static string? Difference(StoreView store, List<CopyView> copies) =>
        (store.Copies, store.UsedBytes, store.ReservedBytes, store.RetiredBytes) == (copies.Count, copies.Sum(c => c.Bytes), 0, 0)
            ? null
            : $"{store}, but there are {copies.Count} copies of {copies.Sum(c => c.Bytes)} bytes";

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
