namespace Understudy.Schedules;

/// <summary>One run of a job, as the job sees it.</summary>
internal abstract class JobRun
{
    /// <summary>When it was due, which may be long ago; of a run that was asked for, when it was.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>What an earlier run noted that didn't come to its end. One that can't be read any more should be taken for none.</summary>
    public string? Checkpoint { get; init; }

    public bool IsManual { get; init; }

    /// <summary>Who asked for it, where keys have names.</summary>
    public string? By { get; init; }

    /// <summary>Says how far it is. May be called often: it is written once a second, and at the end.</summary>
    /// <param name="checkpoint">From where another run could go on; null: from the start.</param>
    /// <param name="progress">For people.</param>
    /// <param name="fraction">Of the whole, 0 to 1; null where nobody knows.</param>
    /// <exception cref="OperationCanceledException">The run isn't this worker's any more.</exception>
    public abstract Task NoteAsync(string? checkpoint, string progress, double? fraction);
}
