namespace Understudy.Purging;

/// <summary>How far a target is. As it stands in the catalogue.</summary>
internal enum TargetStep
{
    /// <summary>It may hold old bytes.</summary>
    Owed,

    /// <summary>Told once. What was under way in it then may still have put old bytes back; or it takes its time for the order.</summary>
    PurgedOnce,

    /// <summary>What was under way is over, and the dimensions it shows are the new ones: nobody works with old ones there any more.</summary>
    Settled,

    /// <summary>Told again: pictures that were under way when it was told first are gone, too.</summary>
    PurgedTwice,

    /// <summary>Looked at, and found to serve the new bytes; or, where it can't be looked at, told after all that feeds it was clean.</summary>
    Clean,
}

/// <summary>One target's part of a purge.</summary>
/// <param name="At">When it came to this step.</param>
/// <param name="DueAt">It failed, and isn't tried again before.</param>
/// <param name="Failures">Since it was clean.</param>
/// <param name="Reason">Of the latest failure, or what it was seen to serve.</param>
/// <param name="Order">What it knows the order by that it carries out.</param>
/// <param name="IsAway">Nothing is heard of it, or it takes no orders.</param>
internal sealed record TargetState(TargetStep Step, DateTimeOffset At, DateTimeOffset? DueAt = null, int Failures = 0, string? Reason = null, bool IsAway = false, string? Order = null);
