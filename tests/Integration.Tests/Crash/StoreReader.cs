using Microsoft.Win32.SafeHandles;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// Reads the store as a tile server would, all the time: each file under a final name must be, byte for byte, something that its own asset's source
/// once was, and not older than what the worker has already reported as present.
/// </summary>
internal sealed class StoreReader
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(30);

    private readonly string _root;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private readonly Dictionary<string, CrashAsset> _assets;
    private readonly Dictionary<string, (DateTime Modified, long Length, string Hash)> _known = [];

    public StoreReader(string root, IEnumerable<CrashAsset> assets, Ledger ledger, int seed)
    {
        (_root, _ledger, _random) = (root, ledger, new Random(seed));
        _assets = assets.ToDictionary(a => a.Path);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await WalkAsync();
            await Task.Delay(Rest, CancellationToken.None);
        }
    }

    private async Task WalkAsync()
    {
        foreach (var path in FinalNames(_root))
        {
            if (!_assets.TryGetValue(path, out var asset))
                _ledger.Violation($"{path} is in the store, and no asset's");
            else
                await LookAsync(asset);
        }
    }

    /// <summary>Relative to the root; the reserved folder left out.</summary>
    public static IEnumerable<string> FinalNames(string root)
    {
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            FileSystemInfo[] entries;
            try
            {
                entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos()];
            }
            catch (DirectoryNotFoundException)
            {
                // Removed with its last file.
                continue;
            }

            foreach (var entry in entries)
            {
                if (entry is FileInfo)
                    yield return Path.GetRelativePath(root, entry.FullName);
                else if (entry.Name != ".understudy")
                    folders.Push(entry.FullName);
            }
        }
    }

    private async Task LookAsync(CrashAsset asset)
    {
        // Before the file is opened: what is reported from here on doesn't count against it.
        var floor = asset.Floor;
        if (await HashAsync(asset) is not { } read)
            return;

        _ledger.CountRead();
        if (asset.NumberOfBytes(read.Hash) is not { } number)
            _ledger.Violation($"{asset.Id}: {read.Length} bytes ({read.Hash[..12]}) that its source never held");
        else if (number < floor)
            _ledger.Violation($"{asset.Id}: state {number} of its source, after {floor} was reported as present");
    }

    private async Task<(string Hash, long Length)?> HashAsync(CrashAsset asset)
    {
        try
        {
            // The sharing of .NET would take a lock that tile servers don't.
            using var file = File.OpenHandle(Path.Combine(_root, asset.Path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var (modified, length) = (File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            // What looks as it did is read again now and then only: this machine has more to do.
            if (_known.TryGetValue(asset.Path, out var known) && known.Modified == modified && known.Length == length && _random.Next(20) > 0)
                return (known.Hash, length);

            var hash = CrashAsset.HashOf(await ReadAsync(file, length));
            _known[asset.Path] = (modified, length, hash);
            return (hash, length);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task<byte[]> ReadAsync(SafeFileHandle file, long length)
    {
        // One byte more than there should be, to see a file that grows.
        var bytes = new byte[length + 1];
        var half = (int)length / 2;
        var read = Fill(file, bytes.AsSpan(0, half), 0);
        // A slow reader: what it has open must stay what it is, replaced or removed meanwhile or not.
        if (_random.Next(50) == 0)
            await Task.Delay(_random.Next(300), CancellationToken.None);
        read += Fill(file, bytes.AsSpan(read), read);
        return bytes[..read];
    }

    private static int Fill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        var done = 0;
        for (int read; done < bytes.Length && (read = RandomAccess.Read(file, bytes[done..], offset + done)) > 0;)
            done += read;
        return done;
    }
}
