using Understudy.Warming.Verification;

namespace Understudy.Warming.Flow;

/// <summary>How a request went.</summary>
/// <param name="Kind">What it says of the server's load.</param>
/// <param name="Latency">From sending the request to the last byte of the answer, or to the failure.</param>
/// <param name="RetryAfter">What the server asked for, if it did.</param>
internal readonly record struct TurnReport(AnswerKind Kind, TimeSpan Latency, TimeSpan? RetryAfter = null)
{
    /// <param name="bad">null for a good answer.</param>
    public static TurnReport Of(BadAnswer? bad, TimeSpan latency, TimeSpan? retryAfter = null) => new(
        bad?.Flaw switch
        {
            null => AnswerKind.Good,
            Flaw.Overloaded or Flaw.TimedOut or Flaw.ConnectionLost => AnswerKind.Overload,
            _ => AnswerKind.Bad,
        },
        latency,
        retryAfter);
}
