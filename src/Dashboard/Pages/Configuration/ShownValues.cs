using Understudy.Contracts;

namespace Understudy.Dashboard.Pages.Configuration;

/// <summary>What a worker runs with, of which some is shown.</summary>
/// <param name="Text">Only what has all its words, in the key, the value as it is shown, or the source.</param>
/// <param name="OnlySet">Only what somebody has set.</param>
public sealed record ShownValues(IReadOnlyList<ConfigurationValue> All, string Text, bool OnlySet)
{
    private const string Default = "default";

    public static bool IsSet(ConfigurationValue value) => value.Source != Default;

    /// <summary>In sections, as they come.</summary>
    public IReadOnlyList<IGrouping<string, ConfigurationValue>> Sections => [.. All.Where(IsShown).GroupBy(v => v.Key.Split(':')[0])];

    private bool IsShown(ConfigurationValue value) =>
        (!OnlySet || IsSet(value))
        && Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => Has(value.Key, word) || Has(value.Value, word) || Has(value.Source, word));

    private static bool Has(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
}
