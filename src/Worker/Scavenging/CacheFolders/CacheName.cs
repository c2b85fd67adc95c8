using System.Buffers;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// What a name is, if Cantaloupe made it: <c>image/ab/cd/ef/{md5}_{md5}.jpg</c>, <c>info/…/{md5}.json</c>, <c>source/…/{md5}</c>, and
/// <c>{final name}_{thread}.tmp</c> while it is written. The folders are the beginning of the first MD5, in pieces of a configurable number
/// and length. So a name proves itself by its place, and no file that somebody else put there is ever taken for one.
/// </summary>
internal static class CacheName
{
    private const int Md5Length = 32;
    private const int LongestExtension = 8;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> Extension = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    /// <param name="prefix">The pieces above it, joined.</param>
    public static bool IsPiece(string prefix, ReadOnlySpan<char> name) =>
        !name.IsEmpty && prefix.Length + name.Length <= Md5Length && !name.ContainsAnyExcept(Hex);

    public static bool IsFinal(CacheKind kind, string prefix, ReadOnlySpan<char> name) => StartsWithMd5(prefix, name) && kind switch
    {
        CacheKind.Image => IsOfOperations(name[Md5Length..]),
        CacheKind.Info => name[Md5Length..] is ".json",
        _ => name.Length == Md5Length,
    };

    public static bool IsTemporary(string prefix, ReadOnlySpan<char> name) =>
        StartsWithMd5(prefix, name) && name[Md5Length..].EndsWith(".tmp", StringComparison.Ordinal);

    private static bool StartsWithMd5(string prefix, ReadOnlySpan<char> name) =>
        name.Length >= Md5Length && name.StartsWith(prefix, StringComparison.Ordinal) && !name[..Md5Length].ContainsAnyExcept(Hex);

    private static bool IsOfOperations(ReadOnlySpan<char> rest) =>
        rest.Length > Md5Length + 2 && rest[0] == '_' && !rest[1..(Md5Length + 1)].ContainsAnyExcept(Hex) && rest[Md5Length + 1] == '.'
        && rest[(Md5Length + 2)..] is { Length: <= LongestExtension } extension && !extension.ContainsAnyExcept(Extension);
}
