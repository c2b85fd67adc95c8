using Understudy.Warming.Verification;

namespace Understudy.Comparing;

/// <summary>One request that was made, and how it went.</summary>
/// <param name="Bad">null for a good image.</param>
internal sealed record Sample(string Url, TimeSpan Latency, TimeSpan FirstByte, long Bytes, BadAnswer? Bad);
