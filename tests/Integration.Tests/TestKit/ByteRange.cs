using System.Globalization;
using System.Text.RegularExpressions;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>The bytes that a Range header asks for, both ends included.</summary>
internal readonly partial record struct ByteRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <returns>null for none, several ranges or nonsense, which S3 answers with the whole object.</returns>
    public static ByteRange? Parse(string? header, long length, out bool satisfiable)
    {
        satisfiable = true;
        if (header is null || Form().Match(header) is not { Success: true } match)
            return null;
        var (from, to) = (Number(match.Groups[1]), Number(match.Groups[2]));
        if (from is null && to is null || from > to)
            return null;

        var range = from is { } first
            ? new ByteRange(first, Math.Min(to ?? long.MaxValue, length - 1))
            : new ByteRange(Math.Max(0, length - to!.Value), length - 1);
        satisfiable = range.First < length && range.Length > 0;
        return range;
    }

    private static long? Number(Group digits) =>
        digits.Length == 0 ? null : long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^bytes=([0-9]{0,18})-([0-9]{0,18})$")]
    private static partial Regex Form();
}
