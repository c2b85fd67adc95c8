namespace Understudy.Schedules;

/// <summary>What came of a run.</summary>
internal abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>All of it. The next run begins anew.</summary>
    public sealed record Done(string? Note = null) : JobOutcome;

    /// <summary>It can't be done at the moment; the next run begins at the checkpoint.</summary>
    public sealed record Failed(string Reason) : JobOutcome;

    /// <summary>Its time was up; the next run goes on from the checkpoint.</summary>
    public sealed record Unfinished(string? Note = null) : JobOutcome;
}
