using System.Collections.Concurrent;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>The attempts that this node is at.</summary>
internal sealed class RunningAttempts
{
    private readonly ConcurrentDictionary<AssetId, (Attempt Attempt, CancellationTokenSource Cancel)> _running = new();

    public int Count => _running.Count;

    /// <summary>How many are at work in each lane.</summary>
    public int[] ByLane()
    {
        var lanes = new int[LaneSlots.Lanes];
        foreach (var (_, (attempt, _)) in _running)
            lanes[(int)attempt.Ticket.Lane]++;
        return lanes;
    }

    /// <summary>An older attempt at the same asset has lost its lease, or there would be no newer one: it is stopped, and gives its connections back.</summary>
    public void Add(Attempt attempt, CancellationTokenSource cancel)
    {
        if (_running.TryGetValue(attempt.Id, out var older))
            older.Cancel.Cancel();
        _running[attempt.Id] = (attempt, cancel);
    }

    public void Remove(Attempt attempt)
    {
        if (_running.TryGetValue(attempt.Id, out var entry) && entry.Attempt.Token == attempt.Token)
            _running.TryRemove(new(attempt.Id, entry));
    }

    /// <summary>Somebody more urgent wants what is being done already: it moves to that lane at once.</summary>
    public void Lift(AssetId id, Lane lane)
    {
        if (_running.TryGetValue(id, out var entry) && lane < entry.Attempt.Ticket.Lane)
            entry.Attempt.Ticket.Lane = lane;
    }

    /// <summary>The leases are gone: whatever is done now would be done by somebody else as well.</summary>
    public void AbandonAll()
    {
        foreach (var (_, (_, cancel)) in _running)
            cancel.Cancel();
    }

    public IReadOnlyList<RunningView> View() =>
        [.. _running.Values.Select(r => r.Attempt).Select(a => new RunningView(a.Id, a.Stage, a.Ticket.Lane, a.Progress.Done, a.Progress.Total))];
}
