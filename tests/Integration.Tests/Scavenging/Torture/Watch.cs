using System.Collections.Concurrent;
using System.Diagnostics;
using Understudy.Copying.Store;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>
/// Looks at the store all the time, from outside, and holds it against what was promised: what there is of it at one instant fits the budget, nothing that
/// was used just now or is pinned goes, and whatever has a final name is whole.
/// </summary>
internal sealed class Watch(TortureWorld world, Foreigner foreigner)
{
    /// <summary>A page for the end of each copy that is being written, and one for its journal: beside the bytes that are counted.</summary>
    private const long Small = TortureSettings.Assets * 2 * 4096;

    private readonly Dictionary<string, TornAsset> _assets = world.Assets.ToDictionary(a => a.Path);
    private readonly HashSet<(ulong, DateTimeOffset)> _read = [];
    private Dictionary<(ulong Device, ulong Inode), Seen> _before = [];
    private long _beforeAt = Stopwatch.GetTimestamp();
    private long _floor = long.MinValue;
    private long _calmSince;

    public ConcurrentQueue<string> Violations { get; } = [];

    public int Looks { get; private set; }

    public int Gone { get; private set; }

    /// <summary>The most bytes of files that there ever were.</summary>
    public long Most { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (; !stop.IsCancellationRequested; Looks++)
        {
            var taken = await world.QueryAsync<long>("select used + reserved + retired from store");
            if (taken > TortureSettings.Budget)
                Violations.Enqueue($"the catalogue counts {taken} bytes of {TortureSettings.Budget}");
            LookAtStore();
            LookAtDisk();
            await Task.Delay(30, CancellationToken.None);
        }
    }

    private void LookAtStore()
    {
        var (now, at) = (new Dictionary<(ulong, ulong), Seen>(), Stopwatch.GetTimestamp());
        using (var root = Folder.OpenRoot(world.Store))
            Walk(root, "", now);

        // A file that two looks saw was there in between, and so were all the others that they saw.
        var bytes = now.Where(f => f.Value.Counts && _before.ContainsKey(f.Key)).Sum(f => Math.Min(f.Value.Length, _before[f.Key].Length));
        Most = Math.Max(Most, bytes);
        if (bytes > TortureSettings.Budget)
            Violations.Enqueue($"there are files of {bytes} bytes, {TortureSettings.Budget} are allowed: {string.Join(", ", now.Values.Where(f => f.Counts).Select(f => $"{f.Path} {f.Length}"))}");

        var (names, namesBefore) = (now.Values.Select(f => f.Path).ToHashSet(), _before.Values.Select(f => f.Path));
        foreach (var gone in namesBefore.Where(n => !names.Contains(n) && _assets.ContainsKey(n)))
            Judge(_assets[gone], Stopwatch.GetTimestamp());
        foreach (var file in now.Values.Where(f => f.IsFinal))
            Check(file);
        (_before, _beforeAt) = (now, at);
    }

    /// <summary>Its file was there when the last look began, and isn't now.</summary>
    private void Judge(TornAsset asset, long now)
    {
        Gone++;
        // A file that a kill left half evicted may be pinned or used since, and a look before it may have been the last one that counts.
        var decidedBy = _beforeAt - Ticks(TortureSettings.Slack);
        if (asset.MayBeDeleted || File.Exists(Path.Combine(world.Store, asset.Path)))
            return;
        if (asset.PinnedAt < decidedBy)
            Violations.Enqueue($"{asset.Id} is pinned and went");
        if (asset.UsedAt < decidedBy && now - asset.UsedAt < Ticks(TortureSettings.Grace))
            Violations.Enqueue($"{asset.Id} went {Stopwatch.GetElapsedTime(asset.UsedAt, now).TotalSeconds:0.0} s after a use");
    }

    private void Check(Seen file)
    {
        if (!_read.Add((file.Inode, file.Modified)))
            return;
        try
        {
            using var handle = File.OpenHandle(Path.Combine(world.Store, file.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[RandomAccess.GetLength(handle)];
            var read = RandomAccess.Read(handle, bytes, 0);
            if (!_assets.TryGetValue(file.Path, out var asset))
                Violations.Enqueue($"{file.Path} is no asset's");
            else if (read < bytes.Length || !asset.WasEver(bytes))
                Violations.Enqueue($"{file.Path}: {bytes.Length} bytes that its source never held");
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
        }
    }

    /// <summary>While nobody else takes room, what is to stay free stays free; where the other took it, we take no more.</summary>
    private void LookAtDisk()
    {
        var changedAt = foreigner.ChangedAt;
        using var root = Folder.OpenRoot(world.Disk.Path);
        var vfs = root.Space();
        var free = (long)(vfs.BlocksAvailable * vfs.FragmentSize);
        // What was allowed before it changed may still be written for a moment.
        if (changedAt != foreigner.ChangedAt || Stopwatch.GetElapsedTime(changedAt) < TortureSettings.Slack)
            return;
        if (_calmSince != changedAt)
            (_calmSince, _floor) = (changedAt, long.MinValue);
        if (_floor != long.MinValue && free < _floor - Small)
            Violations.Enqueue($"{free} bytes are free, of {TortureSettings.MinFree} that are to be; there were {_floor}");
        _floor = Math.Min(TortureSettings.MinFree, Math.Max(_floor, free));
    }

    private static void Walk(Folder folder, string at, Dictionary<(ulong, ulong), Seen> found)
    {
        foreach (var name in folder.Names())
        {
            if (folder.Look(name) is not { } entry)
                continue;
            var path = at + name;
            if (entry.Kind == EntryKind.File && !name.EndsWith(StoreProbe.Suffix, StringComparison.Ordinal))
                found[(entry.Device, entry.Inode)] = new Seen(path, entry.Length, entry.Inode, entry.Modified);
            if (entry.Kind == EntryKind.Folder && folder.TryOpen(name, out var below) == Errno.OK)
            {
                using (below)
                    Walk(below!, path + "/", found);
            }
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed record Seen(string Path, long Length, ulong Inode, DateTimeOffset Modified)
    {
        public bool IsFinal => !Path.StartsWith(".understudy/", StringComparison.Ordinal);

        public bool Counts => !Path.EndsWith(".journal", StringComparison.Ordinal) && !Path.EndsWith("store-id", StringComparison.Ordinal);
    }
}
