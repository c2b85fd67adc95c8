namespace Understudy.Scavenging.Replay;

/// <summary>What a store of some size came to under a policy, counted from the empty store on.</summary>
/// <param name="ObjectMiss">Share of uses whose file wasn't there.</param>
/// <param name="ByteMiss">Share of the bytes asked for.</param>
/// <param name="CopiedBytes">Into the store; what is larger than the store isn't copied.</param>
/// <param name="Stall">Seconds that viewers waited for copies.</param>
/// <param name="StallShare">Of what they would have waited without a store.</param>
internal sealed record StoreFigures(string Policy, long Capacity, double ObjectMiss, double ByteMiss, double CopiedBytes, double Stall, double StallShare);
