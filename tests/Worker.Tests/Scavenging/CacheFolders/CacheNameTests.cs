using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class CacheNameTests
{
    private const string A = "0123456789abcdef0123456789abcdef";
    private const string B = "fedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B + ".jpg", true)]
    [InlineData(nameof(CacheKind.Image), "", A + "_" + B + ".webp", true)]
    [InlineData(nameof(CacheKind.Image), "02", A + "_" + B + ".jpg", false)]
    [InlineData(nameof(CacheKind.Image), "01", A + ".jpg", false)]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B, false)]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B + ".", false)]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B + ".JPG", false)]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B + ".jpg.bak", false)]
    [InlineData(nameof(CacheKind.Image), "01", A + "_" + B + ".jpg\n", false)]
    [InlineData(nameof(CacheKind.Image), "01", A, false)]
    [InlineData(nameof(CacheKind.Info), "0123", A + ".json", true)]
    [InlineData(nameof(CacheKind.Info), "0123", A + ".xml", false)]
    [InlineData(nameof(CacheKind.Source), "012345", A, true)]
    [InlineData(nameof(CacheKind.Source), "", A, true)]
    [InlineData(nameof(CacheKind.Source), "012345", A + ".jp2", false)]
    [InlineData(nameof(CacheKind.Source), "", "0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData(nameof(CacheKind.Source), "", "scan.jp2", false)]
    [InlineData(nameof(CacheKind.Source), "", "", false)]
    public void Final_name_is_one_that_cantaloupe_gives_in_that_very_place(string kind, string prefix, string name, bool isOne) =>
        Assert.Equal(isOne, CacheName.IsFinal(Enum.Parse<CacheKind>(kind), prefix, name));

    [Theory]
    [InlineData(A + "_" + B + ".jpg_qtp12-34.tmp", true)]
    [InlineData(A + ".json_tile thread 3.tmp", true)]
    [InlineData(A + "_http-1.tmp", true)]
    [InlineData("other.tmp", false)]
    [InlineData(B + "_http-1.tmp", false)]
    public void Temporary_name_begins_with_the_hash_of_its_place(string name, bool isOne) => Assert.Equal(isOne, CacheName.IsTemporary("01", name));

    [Theory]
    [InlineData("", "ab", true)]
    [InlineData("ab", "c", true)]
    [InlineData("0123456789abcdef0123456789abcd", "ef", true)]
    [InlineData("0123456789abcdef0123456789abcd", "ef0", false)]
    [InlineData("", "..", false)]
    [InlineData("", "AB", false)]
    [InlineData("", "", false)]
    [InlineData("", ".nfs0", false)]
    public void Piece_is_hexadecimal_and_no_longer_than_a_hash(string prefix, string name, bool isOne) => Assert.Equal(isOne, CacheName.IsPiece(prefix, name));
}
