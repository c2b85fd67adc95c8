using System.Collections.Concurrent;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>The attempts that this node is at. Two may be for one asset: where the lease of the first was lost, until it notices.</summary>
internal sealed class RunningAttempts
{
    private readonly ConcurrentDictionary<Guid, (Attempt Attempt, CancellationTokenSource Cancel)> _running = new();

    public int Count => _running.Count;

    public Guid[] Tokens => [.. _running.Keys];

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
        foreach (var (_, older) in _running)
        {
            if (older.Attempt.Id == attempt.Id)
                older.Cancel.Cancel();
        }

        _running[attempt.Token] = (attempt, cancel);
    }

    public void Remove(Attempt attempt) => _running.TryRemove(attempt.Token, out _);

    /// <summary>Somebody more urgent wants what is being done already: it moves to that lane at once.</summary>
    public void Lift(AssetId id, Lane lane)
    {
        foreach (var (_, (attempt, _)) in _running)
        {
            if (attempt.Id == id && lane < attempt.Ticket.Lane)
                attempt.Ticket.Lane = lane;
        }
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
