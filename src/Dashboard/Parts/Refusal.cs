namespace Understudy.Dashboard.Parts;

/// <summary>Why what was filled in can't be done.</summary>
/// <param name="Field">The field that it is about; null: the whole form.</param>
public sealed record Refusal(string? Field, string Reason)
{
    /// <summary>The API begins with the field's name where it is about one: <c>cron is '* *'; it must be …</c></summary>
    public static Refusal Of(string reason, params string[] fields) => new(fields.FirstOrDefault(f => reason.StartsWith(f + " ", StringComparison.Ordinal)), reason);
}
