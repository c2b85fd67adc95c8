namespace Understudy.Hosting.Configuration;

/// <summary>Options with rules that span several keys.</summary>
internal interface ICheckedOptions
{
    IEnumerable<BrokenRule> Check();
}

/// <param name="Key">Relative to the options' section: <c>LowWaterPercent</c>, <c>Keys:0:Name</c>.</param>
/// <param name="Rule">Goes on after "it": <c>must be below HighWaterPercent (90)</c>.</param>
internal readonly record struct BrokenRule(string Key, string Rule);
