#pragma warning disable CA5351 // S3's ETags are MD5s.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>Fills <paramref name="destination"/> with the object's bytes from <paramref name="offset"/> on; thread-safe.</summary>
internal delegate void ReadBytes(long offset, Span<byte> destination);

/// <summary>What lies under one key of <see cref="FaultyS3"/>. Changing something makes another one: <c>with</c>, and put it.</summary>
internal sealed record FaultyObject(long Length, string ETag, ReadBytes Read)
{
    public static readonly DateTimeOffset DefaultLastModified = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public DateTimeOffset LastModified { get; init; } = DefaultLastModified;

    public string? VersionId { get; init; }

    /// <summary>Response headers for requests with <c>x-amz-checksum-mode: ENABLED</c>.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; init; } = new Dictionary<string, string>();

    /// <summary>More response headers, such as <c>x-amz-server-side-encryption</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>As uploaded in one piece: the ETag is the MD5.</summary>
    public static FaultyObject Of(byte[] bytes) =>
        new(bytes.Length, $"\"{Hex(MD5.HashData(bytes))}\"", From(bytes));

    /// <summary>As uploaded in parts: the ETag is the MD5 of the parts' MD5s and the number of parts.</summary>
    public static FaultyObject OfParts(byte[] bytes, int partSize)
    {
        var hashes = bytes.Chunk(partSize).SelectMany(part => MD5.HashData(part)).ToArray();
        return new(bytes.Length, $"\"{Hex(MD5.HashData(hashes))}-{hashes.Length / 16}\"", From(bytes));
    }

    /// <summary>Noise of any length without its memory, the same for the same seed; the ETag is of the parts form.</summary>
    public static FaultyObject Generated(long length, int seed)
    {
        var tag = Hex(MD5.HashData(BitConverter.GetBytes(length * 31 + seed)));
        return new(length, $"\"{tag}-{Math.Max(1, length / (8 << 20))}\"", (offset, to) => Noise(seed, offset, to));
    }

    /// <summary>With a full-object checksum, as S3 keeps it: <c>sha256</c>, <c>sha1</c>, <c>crc32</c>, <c>crc32c</c> or <c>crc64nvme</c>.</summary>
    public FaultyObject WithChecksum(string algorithm)
    {
        var bytes = new byte[Length];
        Read(0, bytes);
        return this with
        {
            Checksums = new Dictionary<string, string>(Checksums)
            {
                [$"x-amz-checksum-{algorithm}"] = Convert.ToBase64String(ReferenceChecksum.Of(algorithm, bytes)),
                ["x-amz-checksum-type"] = "FULL_OBJECT",
            },
        };
    }

    public byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    internal string LastModifiedText => LastModified.ToString("R", CultureInfo.InvariantCulture);

    private static ReadBytes From(byte[] bytes) =>
        (offset, destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);

    private static void Noise(int seed, long offset, Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        for (var i = 0; i < destination.Length;)
        {
            var (index, skip) = Math.DivRem(offset + i, 8);
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mixed((ulong)index + ((ulong)(uint)seed << 40)));
            var count = Math.Min(8 - (int)skip, destination.Length - i);
            word.Slice((int)skip, count).CopyTo(destination[i..]);
            i += count;
        }
    }

    // SplitMix64's finaliser: neighbours share no bits.
    private static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
