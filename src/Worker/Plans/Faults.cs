using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>How an unfinished attempt is written down.</summary>
internal static class Faults
{
    public static Fault? Of(Outcome outcome) => outcome switch
    {
        Outcome.NoRoom => Fault.NoRoom,
        Outcome.Hopeless hopeless => hopeless.Fault,
        Outcome.Failed or Outcome.SourceChanged => Fault.Failed,
        _ => null,
    };

    public static string? Name(Outcome outcome) =>
        Of(outcome) is { } fault ? Name(fault) : null;

    public static string Name(Fault fault) => JsonNamingPolicy.CamelCase.ConvertName(fault.ToString());

    public static string? Reason(Outcome outcome) => outcome switch
    {
        Outcome.NoRoom o => o.Reason,
        Outcome.Hopeless o => o.Reason,
        Outcome.Failed o => o.Reason,
        Outcome.SourceChanged o => o.Reason,
        Outcome.NotYet o => o.Reason,
        _ => null,
    };
}
