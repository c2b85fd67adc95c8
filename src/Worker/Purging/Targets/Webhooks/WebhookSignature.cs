using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Understudy.Purging.Targets.Webhooks;

/// <summary>
/// <c>t=1763881200,v1=5f2b…</c>: HMAC-SHA-256 of the time, a dot and the body. The time, in seconds since 1970, is signed too, so that a receiver can
/// refuse what was recorded long ago.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "X-Understudy-Signature";

    public static string Of(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{time}."), .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
