using System.Text.RegularExpressions;

namespace Understudy.Hosting.Configuration;

/// <summary>Keeps secrets out of messages and reports.</summary>
internal static partial class Secrets
{
    private const string Hidden = "***";

    private static readonly string[] SecretNames = ["Key", "KeyId", "Secret", "Password", "Token", "Headers"];

    public static bool IsSecret(string key) =>
        SecretNames.Any(name => LastName(key).EndsWith(name, StringComparison.OrdinalIgnoreCase))
        && !LastName(key).EndsWith("WithoutKey", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value as it may be shown.</summary>
    public static string Show(string key, string value) =>
        value.Length == 0 ? value : IsSecret(key) ? Hidden : QueryPart().Replace(UserInfo().Replace(PasswordPart().Replace(value, "${name}" + Hidden), "${scheme}" + Hidden + "@"), "${name}" + Hidden);

    /// <summary>The name that says what the value is; an index such as the 0 of <c>Tokens:0</c> doesn't.</summary>
    private static string LastName(string key)
    {
        var name = key.Split(':').LastOrDefault(part => !part.All(char.IsAsciiDigit)) ?? key;
        return name.EndsWith('s') && !name.EndsWith("Headers", StringComparison.OrdinalIgnoreCase) ? name[..^1] : name;
    }

    // Npgsql quotes values with ' or " and doubles the quote inside.
    [GeneratedRegex("""(?<name>\b(?:password|pwd|passfile|ssl\s*password)\s*=\s*)(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordPart();

    [GeneratedRegex("(?<scheme>[a-z][a-z0-9+.-]*://)[^/@\\s]+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    // As webhooks have them.
    [GeneratedRegex("(?<name>[?&][^=&\\s]*(?:key|token|secret|password|sig|signature|credential|auth)=)[^&#\\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex QueryPart();
}
