using System.Buffers.Binary;
using System.Collections.Concurrent;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Purge;

/// <summary>
/// What one node knows of images without looking: their dimensions, as Cantaloupe's heap does, until it is told to forget them. Of those that it was never
/// told to forget it has dimensions that are wrong, so that a purge that was left out is seen.
/// </summary>
internal sealed class NodeCache(string store)
{
    public static readonly PixelSize Known = new(4_000, 3_000);

    /// <summary>Customer of the assets that have files in the store, whose headers are read; all others are of <see cref="Known"/>.</summary>
    public const int OfFiles = 2;

    private const int HeightInFile = 48;

    private static readonly PixelSize Before = new(1_111, 777);
    private static readonly string Prefix = $"/{OfFiles}/";

    private readonly ConcurrentDictionary<string, PixelSize?> _heap = new();

    /// <param name="identifier">As it stands in the URL.</param>
    public PixelSize Show(string identifier, bool pastCaches)
    {
        var decoded = Uri.UnescapeDataString(identifier);
        if (pastCaches)
            return Truth(decoded);
        if (!_heap.TryGetValue(decoded, out var shown))
            return Before;
        if (shown is null)
            _heap[decoded] = shown = Truth(decoded);
        return shown.Value;
    }

    /// <param name="decoded">As tasks have it.</param>
    public void Forget(string decoded) => _heap[decoded] = null;

    public void RememberAllAsBefore() => _heap.Clear();

    public PixelSize Truth(string decoded)
    {
        if (!decoded.StartsWith(Prefix, StringComparison.Ordinal))
            return Known;
        Span<byte> sides = stackalloc byte[8];
        using var file = File.OpenHandle(store + decoded);
        return RandomAccess.Read(file, sides, HeightInFile) == sides.Length
            ? new PixelSize(BinaryPrimitives.ReadInt32BigEndian(sides[4..]), BinaryPrimitives.ReadInt32BigEndian(sides))
            : throw new BenchException($"{decoded} has no header");
    }
}
