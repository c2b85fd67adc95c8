namespace Understudy.Copying.Flow;

/// <summary>What one finished fetch tells of the path to the source.</summary>
/// <param name="Started">On any steady clock; <paramref name="Ended"/> is on the same one.</param>
/// <param name="Ended">When the slot was given back: body read, hashed and written.</param>
/// <param name="FirstByte">From the start to the response's first byte.</param>
/// <param name="Bytes">The body bytes that arrived.</param>
/// <param name="InFlight">How many fetches were under way when this one ended, itself included.</param>
/// <param name="Outcome">How it ended.</param>
internal readonly record struct FetchSample(
    TimeSpan Started, TimeSpan Ended, TimeSpan FirstByte, long Bytes, int InFlight, FetchOutcome Outcome);
