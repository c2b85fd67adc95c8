namespace Understudy.Warming.Flow;

/// <summary>How a request went.</summary>
/// <param name="Kind">What it says of the server's load.</param>
/// <param name="Latency">From sending the request to the last byte of the answer, or to the failure.</param>
/// <param name="RetryAfter">What the server asked for, if it did.</param>
internal readonly record struct ServerAnswer(AnswerKind Kind, TimeSpan Latency, TimeSpan? RetryAfter = null);
