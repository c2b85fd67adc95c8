namespace Understudy.Purging.Targets;

internal static class WebAddress
{
    public static bool IsOne(string text, bool allowQuery = false) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.UserInfo.Length + uri.Fragment.Length + (allowQuery ? 0 : uri.Query.Length) == 0;

    /// <summary>To the letter: dots and what is encoded are part of what is cached.</summary>
    public static Uri Verbatim(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
