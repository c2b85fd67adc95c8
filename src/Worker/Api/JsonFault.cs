using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Understudy.Contracts;

namespace Understudy.Api;

/// <summary>Says in the contract's terms what System.Text.Json says in .NET's.</summary>
internal static partial class JsonFault
{
    /// <returns>null where the exception doesn't speak of the caller's JSON.</returns>
    public static string? Describe(Exception failure) => failure switch
    {
        JsonException json => Describe(json),
        // A polymorphic type without its discriminator isn't a JsonException.
        NotSupportedException when failure.Message.Contains("type discriminator", StringComparison.Ordinal) =>
            At(PathIn().Match(failure.Message) is { Success: true } m ? m.Groups[1].Value : "$") + $"has no \"type\"; it must be one of {EventTypes}",
        _ => null,
    };

    private static string Describe(JsonException json)
    {
        var path = json.Path ?? "$";
        var message = Position().Replace(json.Message, "");
        if (Conversion().Match(message) is { Success: true } conversion)
            return At(path) + $"can't be read; it must be {Expected(conversion.Groups[1].Value)}";
        if (Unmapped().Match(message) is { Success: true } unmapped)
            return At(path) + $"has no member \"{unmapped.Groups[1].Value}\"{Members(unmapped.Groups[2].Value)}";
        if (Missing().Match(message) is { Success: true } missing)
            return At(path) + $"lacks {missing.Groups[2].Value.Replace('\'', '"')}, which {ShortName(missing.Groups[1].Value)} must have";
        if (Discriminator().Match(message) is { Success: true } type)
            return At(path) + $"has the type \"{type.Groups[1].Value}\"; it must be one of {EventTypes}";
        // Syntax errors have a position and usually no useful path; our own converters' messages say it all.
        return json.LineNumber is { } line && IsSyntax(json)
            ? string.Create(CultureInfo.InvariantCulture, $"the body is not valid JSON at line {line + 1}, byte {json.BytePositionInLine + 1}: {message}")
            : path == "$" ? message : At(path, ":") + message;
    }

    private static bool IsSyntax(JsonException json) => json.GetType() != typeof(JsonException) || json.InnerException is JsonException;

    private static string EventTypes => string.Join(", ", typeof(AssetEvent).GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), false)
        .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(d => d.TypeDiscriminator));

    private static string At(string path, string then = "") => path == "$" ? "the body " : $"{path.TrimStart('$').TrimStart('.')}{then} ";

    private static string Expected(string type)
    {
        var plain = Nullable().Match(type) is { Success: true } nullable ? nullable.Groups[1].Value : type;
        if (typeof(AssetId).Assembly.GetType(plain) is { IsEnum: true } values)
            return "one of " + string.Join(", ", Enum.GetNames(values).Select(JsonNamingPolicy.CamelCase.ConvertName));
        return plain switch
        {
            "System.String" => "a string",
            "System.Boolean" => "true or false",
            "System.Int32" or "System.Int64" => "a whole number",
            "System.Double" or "System.Decimal" => "a number",
            "System.DateTimeOffset" => "a time such as \"2026-11-22T07:00:00Z\"",
            _ when plain.EndsWith("[]", StringComparison.Ordinal) || plain.Contains("List`1", StringComparison.Ordinal) => "an array",
            _ => $"an object ({ShortName(plain)})",
        };
    }

    private static string Members(string type) =>
        typeof(AssetId).Assembly.GetType(type) is { } contract
            ? $"; {contract.Name} has {string.Join(", ", contract.GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)))}"
            : "";

    private static string ShortName(string type) => type[(type.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@" ?Path: \S+ \| LineNumber: \d+ \| BytePositionInLine: \d+\.?| LineNumber: \d+ \| BytePositionInLine: \d+\.?")]
    private static partial Regex Position();

    [GeneratedRegex(@"Path: (\S+)")]
    private static partial Regex PathIn();

    [GeneratedRegex(@"^The JSON value could not be converted to (.+?)\.?\s*$")]
    private static partial Regex Conversion();

    [GeneratedRegex("^The JSON property '(.+)' could not be mapped to any \\.NET member contained in type '(.+)'")]
    private static partial Regex Unmapped();

    [GeneratedRegex("^JSON deserialization for type '(.+)' was missing required properties including: (.+?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("unrecognized type discriminator id '(.+)'")]
    private static partial Regex Discriminator();

    [GeneratedRegex(@"^System\.Nullable`1\[(.+)\]$")]
    private static partial Regex Nullable();
}
