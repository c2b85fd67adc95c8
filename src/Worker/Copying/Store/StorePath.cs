using System.Text;

namespace Understudy.Copying.Store;

/// <summary>
/// A file's path below the store's root, with <c>/</c> between segments. It can't name anything outside the root or inside the
/// reserved folder: no other value of this type can be made.
/// </summary>
internal sealed record StorePath
{
    /// <summary>Linux's PATH_MAX without the closing NUL.</summary>
    public const int MaxPathBytes = 4095;

    /// <summary>Linux's NAME_MAX.</summary>
    public const int MaxSegmentBytes = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private StorePath(string text) => Text = text;

    public string Text { get; }

    public string Name => Text[(Text.LastIndexOf('/') + 1)..];

    public string[] Folders => Text.Split('/')[..^1];

    public override string ToString() => Text;

    /// <summary>The path, or the reason why the text can't be one.</summary>
    public static PathResult Parse(string text)
    {
        if (text.StartsWith('/'))
            return Refuse("is absolute");

        var bytes = 0;
        foreach (var segment in text.Split('/'))
        {
            if (FaultOf(segment, out var length) is { } fault)
                return Refuse(fault);
            bytes += length + 1;
        }

        return bytes - 1 > MaxPathBytes
            ? Refuse($"is {bytes - 1} bytes long; at most {MaxPathBytes} are allowed")
            : new PathResult.Resolved(new StorePath(text));

        PathResult Refuse(string fault) => new PathResult.Refused($"path {Quote(text)} {fault}");
    }

    private static string? FaultOf(string segment, out int bytes)
    {
        bytes = 0;
        if (segment.Length == 0)
            return "has an empty segment";
        if (segment is "." or "..")
            return $"has the segment '{segment}'";
        // Ours, and what NAS systems and NFS clients keep for themselves. Other names may start with a dot: DLCS cuts "MS.Add.1"
        // into "MS/.A/dd/.1".
        if (segment is ".understudy" or ".snapshot" or ".zfs" || segment.StartsWith(".nfs", StringComparison.Ordinal))
            return $"has the segment {Quote(segment)}, which is reserved";
        if (segment.Contains('\0'))
            return "contains a NUL";

        try
        {
            bytes = StrictUtf8.GetByteCount(segment);
        }
        catch (EncoderFallbackException)
        {
            return $"has the segment {Quote(segment)}, which holds half of a surrogate pair and can't be a file name";
        }

        return bytes > MaxSegmentBytes ? $"has a segment of {bytes} bytes; at most {MaxSegmentBytes} are allowed" : null;
    }

    private static string Quote(string text)
    {
        var shown = text.Length <= 120 ? text : text[..120] + "…";
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c))}'";
    }
}
