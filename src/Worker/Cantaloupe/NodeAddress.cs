namespace Understudy.Cantaloupe;

internal static class NodeAddress
{
    public static bool IsOne(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var node) && node.Scheme is ("http" or "https") && node.Query.Length + node.Fragment.Length + node.UserInfo.Length == 0;

    /// <summary>As nodes are named everywhere: without a slash at the end.</summary>
    public static string Plain(string text) => text.TrimEnd('/');
}
