using System.Diagnostics.CodeAnalysis;

namespace Understudy.Schedules;

/// <summary>A run that is under way on this worker.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It may be cancelled after its end; and without a timer there is nothing to dispose of.")]
internal sealed class ActiveRun(Begun begun, ScheduleTables tables, TimeProvider time) : JobRun
{
    private static readonly TimeSpan NotesApart = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _cancel = new();
    private long _written;

    public Begun Begun => begun;

    public RunNote Note { get; private set; } = new(begun.Checkpoint, null, null);

    /// <summary>Completes when its end is written, or is somebody else's to write.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Somebody wanted it stopped.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>It isn't this worker's any more.</summary>
    public bool IsLost { get; private set; }

    public override async Task NoteAsync(string? checkpoint, string progress, double? fraction)
    {
        Cancelled.ThrowIfCancellationRequested();
        Note = new RunNote(checkpoint, progress, fraction is { } f ? Math.Clamp(f, 0, 1) : null);
        if (_written != 0 && time.GetElapsedTime(_written) < NotesApart)
            return;
        if (!await tables.NoteAsync(begun, Note, Cancelled))
            Lose();
        _written = time.GetTimestamp();
        Cancelled.ThrowIfCancellationRequested();
    }

    public void Stop()
    {
        IsStopped = true;
        _cancel.Cancel();
    }

    public void Lose()
    {
        IsLost = true;
        _cancel.Cancel();
    }

    /// <summary>The worker stops; another one goes on.</summary>
    public void CutShort() => _cancel.Cancel();
}
