namespace Understudy.Scavenging.Reconciling;

/// <summary>The order of <c>copy.path</c> (collation C): by the bytes of UTF-8, which differs from .NET's ordinal where surrogates are.</summary>
internal sealed class PathOrder : IComparer<string>
{
    public static readonly PathOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);
        return (char.IsSurrogate(left[same]), char.IsSurrogate(right[same])) switch
        {
            // Beyond U+FFFF, so behind everything else.
            (true, false) => 1,
            (false, true) => -1,
            _ => left[same].CompareTo(right[same]),
        };
    }
}
