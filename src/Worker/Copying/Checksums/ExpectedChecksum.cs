using System.Buffers;
using System.Security.Cryptography;

namespace Understudy.Copying.Checksums;

/// <summary>What S3 says the bytes of the whole object amount to.</summary>
/// <param name="Value">As the algorithm gives it; CRCs big-endian.</param>
internal sealed record ExpectedChecksum(ChecksumKind Kind, byte[] Value)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    // Cheapest first. Measured on one core: CRCs 15 GB/s, SHA-256 and SHA-1 1.6 GB/s.
    private static readonly (ChecksumKind Kind, string Header)[] Headers =
    [
        (ChecksumKind.Crc32C, "x-amz-checksum-crc32c"),
        (ChecksumKind.Crc64Nvme, "x-amz-checksum-crc64nvme"),
        (ChecksumKind.Crc32, "x-amz-checksum-crc32"),
        (ChecksumKind.Sha256, "x-amz-checksum-sha256"),
        (ChecksumKind.Sha1, "x-amz-checksum-sha1"),
    ];

    /// <summary>The cheapest checksum that a HEAD or GET of the object offers (asked with <c>x-amz-checksum-mode: ENABLED</c>); null: none.</summary>
    /// <param name="header">The response's value of a header by its lower-case name.</param>
    public static ExpectedChecksum? FromHeaders(Func<string, string?> header)
    {
        // A composite checksum is one of the parts' checksums, and says nothing of the bytes without knowing the parts.
        if (!Same(header("x-amz-checksum-type"), "COMPOSITE"))
        {
            foreach (var (kind, name) in Headers)
            {
                if (TryParse(kind, header(name), out var expected))
                    return expected;
            }
        }

        return FromETag(header);
    }

    /// <summary>Reads base64 of the right length for the kind; a composite value (<c>…-3</c>) is refused.</summary>
    public static bool TryParse(ChecksumKind kind, string? base64, out ExpectedChecksum? expected)
    {
        var value = new byte[Length(kind)];
        var right = base64 is not null && Convert.TryFromBase64String(base64.Trim(), value, out var written) && written == value.Length;
        expected = right ? new ExpectedChecksum(kind, value) : null;
        return right;
    }

    public bool Matches(ReadOnlySpan<byte> actual) => actual.SequenceEqual(Value);

    /// <summary>As S3 writes it in <c>x-amz-checksum-…</c>.</summary>
    public string ToBase64() => Convert.ToBase64String(Value);

    public override string ToString() => $"{Kind} {ToBase64()}";

    // The ETag is the MD5 only of what was uploaded in one piece and is not encrypted with a key of KMS or the customer; in a
    // directory bucket (S3 Express One Zone) it is random.
    private static ExpectedChecksum? FromETag(Func<string, string?> header)
    {
        if (header("x-amz-server-side-encryption")?.StartsWith("aws:kms", StringComparison.OrdinalIgnoreCase) == true
            || !string.IsNullOrEmpty(header("x-amz-server-side-encryption-customer-algorithm"))
            || Same(header("x-amz-storage-class"), "EXPRESS_ONEZONE"))
            return null;

        return header("etag")?.Trim() is ['"', .. { Length: 32 } digits, '"'] && !digits.AsSpan().ContainsAnyExcept(HexDigits)
            ? new ExpectedChecksum(ChecksumKind.Md5, Convert.FromHexString(digits))
            : null;
    }

    private static int Length(ChecksumKind kind) => kind switch
    {
        ChecksumKind.Crc32C or ChecksumKind.Crc32 => 4,
        ChecksumKind.Crc64Nvme => 8,
        ChecksumKind.Sha256 => SHA256.HashSizeInBytes,
        ChecksumKind.Sha1 => SHA1.HashSizeInBytes,
        ChecksumKind.Md5 => MD5.HashSizeInBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static bool Same(string? value, string wanted) => string.Equals(value?.Trim(), wanted, StringComparison.OrdinalIgnoreCase);
}
