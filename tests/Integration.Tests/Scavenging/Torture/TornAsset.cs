using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Understudy.Contracts;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>An asset as those who ask for it know it: what its source ever held, and when they were last told that they were heard.</summary>
internal sealed class TornAsset(AssetId id, bool mayBeDeleted)
{
    private readonly ConcurrentDictionary<string, bool> _versions = [];
    private long _usedAt = long.MinValue / 2;
    private long _pinnedAt = long.MaxValue;

    public AssetId Id => id;

    public string Path => $"{id}.jp2";

    public bool MayBeDeleted => mayBeDeleted;

    public byte[]? Newest { get; private set; }

    /// <summary>By the stopwatch, when somebody sent the newest use that was acknowledged; the far past: nobody yet.</summary>
    public long UsedAt => Interlocked.Read(ref _usedAt);

    /// <summary>By the stopwatch; the far future while it isn't pinned, or not surely.</summary>
    public long PinnedAt => Interlocked.Read(ref _pinnedAt);

    public void NextVersion(byte[] bytes)
    {
        _versions[HashOf(bytes)] = true;
        Newest = bytes;
    }

    public bool WasEver(byte[] bytes) => _versions.ContainsKey(HashOf(bytes));

    /// <param name="at">When it was used, at the latest.</param>
    public void Used(long at) => Interlocked.Exchange(ref _usedAt, Math.Max(_usedAt, at));

    public void Pinned(bool isIt) => Interlocked.Exchange(ref _pinnedAt, isIt ? Stopwatch.GetTimestamp() : long.MaxValue);

    private static string HashOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
