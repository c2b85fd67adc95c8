#pragma warning disable CA5351 // S3's ETags are MD5s.
using System.Collections.Immutable;
using System.Security.Cryptography;
using Understudy.Contracts;

namespace Understudy.Integration.Tests.Crash;

/// <summary>What the source held at some time.</summary>
/// <param name="Number">Counts everything that was done to the source, from 1.</param>
/// <param name="ETag">null where the source was deleted.</param>
/// <param name="IsSound">Whether it may ever stand in the store.</param>
internal sealed record SourceState(int Number, string? ETag, string? Hash, long Length, bool IsSound);

/// <summary>One asset of a run: what its source has held, and what the worker has promised about it.</summary>
internal sealed class CrashAsset(AssetId id, bool inParts)
{
    private ImmutableList<SourceState> _states = [];
    private int _acknowledged;
    private int _floor;

    public AssetId Id => id;

    public bool InParts => inParts;

    public string Key => $"{id}.jp2";

    /// <summary>In the store, by the default template. The ids are short and hold nothing to escape, so no part of them is split off or replaced.</summary>
    public required string Path { get; init; }

    /// <summary>The source as it is now; null before there was one.</summary>
    public SourceState? Source => Volatile.Read(ref _states).LastOrDefault();

    /// <summary>The newest state of the source that the worker has answered 202 for.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Nothing older may be read from the store any more: the worker has reported this state as present.</summary>
    public int Floor => Volatile.Read(ref _floor);

    /// <summary>The last event asked for its deletion.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Of each sound state of the source.</summary>
    public IReadOnlyList<long> Lengths => [.. Volatile.Read(ref _states).Where(s => s.IsSound).Select(s => s.Length)];

    /// <summary>Sound bytes that were the source at some time, for going back to them.</summary>
    public List<byte[]> History { get; } = [];

    /// <summary>Call it before the source is changed: a copy of the new bytes may be in the store at once.</summary>
    public SourceState Next(byte[]? bytes, bool isSound)
    {
        var number = (Source?.Number ?? 0) + 1;
        var next = bytes is null ? new SourceState(number, null, null, 0, false) : new SourceState(number, ETagOf(bytes), HashOf(bytes), bytes.Length, isSound);
        Volatile.Write(ref _states, _states.Add(next));
        return next;
    }

    public void Acknowledge(int number) => Volatile.Write(ref _acknowledged, number);

    public void Raise(int number)
    {
        for (int floor; (floor = Floor) < number;)
            Interlocked.CompareExchange(ref _floor, number, floor);
    }

    /// <returns>The newest state of the source with these bytes; null: it never had them, or they may not be served.</returns>
    public int? NumberOfBytes(string hash) => Volatile.Read(ref _states).LastOrDefault(s => s.IsSound && s.Hash == hash)?.Number;

    /// <param name="upTo">Later states don't count: the source can come back to bytes that it had before.</param>
    public int? NumberOfETag(string? etag, int upTo) => Volatile.Read(ref _states).LastOrDefault(s => s.Number <= upTo && s.IsSound && s.ETag == etag)?.Number;

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private string ETagOf(byte[] bytes) => inParts
        ? $"\"{Convert.ToHexStringLower(MD5.HashData(MD5.HashData(bytes)))}-1\""
        : $"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"";
}
