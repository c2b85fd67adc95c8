using Understudy.Warming.Verification;

namespace Understudy.Comparing;

/// <summary>What became of one request.</summary>
/// <param name="Answer">null where there was no whole one.</param>
/// <param name="Bad">Why there was none.</param>
/// <param name="FirstByte">From sending the request to the answer's head.</param>
/// <param name="Latency">To its last byte, or to the failure.</param>
/// <param name="Refused">There was not even a connection.</param>
internal sealed record Reply(ServerAnswer? Answer, BadAnswer? Bad, TimeSpan FirstByte, TimeSpan Latency, bool Refused = false);
