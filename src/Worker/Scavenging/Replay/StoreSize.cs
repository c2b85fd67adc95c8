using System.Diagnostics.CodeAnalysis;
using Understudy.Hosting;

namespace Understudy.Scavenging.Replay;

/// <summary>A size of the store: <c>4TB</c>, or <c>+2TB</c> and <c>-500GB</c> from what it is now.</summary>
internal readonly record struct StoreSize(ByteSize Size, char? Sign)
{
    public const string Allowed = $"{ByteSize.Allowed}, and not 0; with + or - from what the store is now";

    public static bool TryParse([NotNullWhen(true)] string? text, out StoreSize size)
    {
        var sign = text is ['+' or '-', ..] ? text[0] : (char?)null;
        var isSize = ByteSize.TryParse(sign is null ? text : text![1..], null, out var bytes) && bytes.Bytes > 0;
        size = new StoreSize(bytes, sign);
        return isSize;
    }

    /// <returns>Not above 0: there is no such store.</returns>
    public long Of(long present) => Sign switch
    {
        '+' => present + Size.Bytes,
        '-' => present - Size.Bytes,
        _ => Size.Bytes,
    };
}
