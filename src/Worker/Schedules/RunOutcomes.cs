using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Schedules;

/// <summary>Outcomes as the catalogue writes them: as the wire does.</summary>
internal static class RunOutcomes
{
    public static string Text(RunOutcome outcome) => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());

    public static RunOutcome Parse(string text) => Enum.Parse<RunOutcome>(text, ignoreCase: true);
}
