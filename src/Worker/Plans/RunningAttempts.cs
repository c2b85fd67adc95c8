using System.Collections.Concurrent;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>The attempts that this node is at. Two may be for one asset: where the lease of the first was lost, until it notices.</summary>
internal sealed class RunningAttempts
{
    private readonly ConcurrentDictionary<Guid, (Attempt Attempt, CancellationTokenSource Cancel)> _running = new();

    public int Count => _running.Count;

    public Guid[] Tokens => [.. _running.Keys];

    /// <summary>How many of a pool are at work in each lane.</summary>
    public int[] ByLane(Pool pool)
    {
        var lanes = new int[LaneSlots.Lanes];
        foreach (var (_, (attempt, _)) in _running)
            lanes[(int)attempt.Ticket.Lane] += attempt.Pool == pool ? 1 : 0;
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

    /// <summary>
    /// Somebody wants something of an asset that is being worked on: what is more urgent moves to that lane at once; where another
    /// stage is wanted by now, there is no sense in finishing this one.
    /// </summary>
    public void Wanted(AssetId id, Lane lane, string stage)
    {
        foreach (var (_, (attempt, cancel)) in _running)
        {
            if (attempt.Id != id)
                continue;
            if (lane < attempt.Ticket.Lane)
                attempt.Ticket.Lane = lane;
            if (stage != attempt.Stage)
                cancel.Cancel();
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
