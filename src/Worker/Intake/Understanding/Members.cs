using System.Text.Json;

namespace Understudy.Intake.Understanding;

/// <summary>Members of foreign JSON, read by what they should be: one that is missing or of another kind is null.</summary>
internal static class Members
{
    public static JsonElement? Member(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    public static JsonElement? Object(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Object } member ? member : null;

    public static JsonElement? Array(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Array } member ? member : null;

    public static string? Text(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    public static bool IsTrue(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.True };

    public static int? Number(this JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt32(out var number) ? number : null;

    /// <summary>A time without an offset is UTC: where this worker runs can't have to do with it.</summary>
    public static DateTimeOffset? Time(this JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (parent.Member(name) is not { ValueKind: JsonValueKind.String } member || !member.TryGetDateTime(out var time))
            return null;
        return new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime());
    }
}
