using Understudy.Plans;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>
/// What each target is still owed of one purge, and what may be done next. Pure: the time is passed in, and the caller does it.
/// </summary>
/// <remarks>
/// Order, from what feeds to what is fed: the nodes; then the stored info.json, Varnish, CloudFront, webhooks, one kind after the other.
/// A node is told, and left to finish what it had begun (the settle time). Then it is looked at: if old dimensions came back, made by
/// requests that were under way, others work with them by now, and it begins anew. Else it is told again, for the pictures of those
/// requests, and looked at when all nodes that can be heard have come so far: while one has not, it may put old bytes into a cache
/// that it shares with the others. What is found stale begins anew.
/// A node that is away, refuses, or fails again and again holds up nobody: the others are looked at, and what they feed is purged. When it is back and has been
/// told twice, all nodes are looked at again, and what is fed is purged again, for it may have been fed old bytes meanwhile.
/// </remarks>
internal sealed class Ledger(DateTimeOffset begun, IReadOnlyDictionary<string, TargetState> states)
{
    // By then it has been purged and found stale for about half a minute and as many settle times.
    private const int MostFailures = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, TargetState> _states = new(states);
    private readonly List<(string Name, TargetKind Kind)> _targets = [];

    public IReadOnlyDictionary<string, TargetState> States => _states;

    public bool IsDone => _targets.All(t => _states[t.Name].Step == TargetStep.Clean);

    /// <summary>Whatever else there is to say, in one line; null: nothing is wrong.</summary>
    public string? Reason => _targets.Where(t => _states[t.Name] is { Step: not TargetStep.Clean, Reason: not null }).Select(t => $"{t.Name}: {_states[t.Name].Reason}").FirstOrDefault();

    /// <summary>Takes over which targets there are now: new ones are owed all, and what left the configuration is forgiven.</summary>
    /// <returns>The forgiven ones that were still owed something.</returns>
    public IReadOnlyList<string> Know(IEnumerable<(string Name, TargetKind Kind)> targets)
    {
        _targets.Clear();
        _targets.AddRange(targets.OrderBy(t => t.Kind));
        var left = _states.Keys.Except(_targets.Select(t => t.Name)).ToList();
        var forgiven = left.Where(name => _states[name].Step != TargetStep.Clean).ToList();
        left.ForEach(name => _states.Remove(name));
        foreach (var (name, _) in _targets)
            _states.TryAdd(name, new TargetState(TargetStep.Owed, begun));
        return forgiven;
    }

    /// <summary>What can be done at once, side by side. Empty: nothing before <see cref="NextDue"/>.</summary>
    public IReadOnlyList<PurgeAction> Next(DateTimeOffset now, TimeSpan settle)
    {
        var actions = new List<PurgeAction>();
        var nodes = Where(IsNode).ToList();
        foreach (var node in nodes)
        {
            if (DueOf(node, settle) <= now && _states[node].Step < TargetStep.PurgedTwice)
                actions.Add(new(node, Look: _states[node].Step == TargetStep.PurgedOnce, IsFirstLook: _states[node].Step == TargetStep.PurgedOnce));
        }

        var heard = nodes.Where(n => HoldsUp(_states[n])).ToList();
        // With no node in hearing there is nothing to be sure of.
        if (actions.Count > 0 || heard.Any(n => _states[n].Step < TargetStep.PurgedTwice) || nodes.Count > 0 && heard.Count == 0)
            return [.. actions, .. Looks(nodes.Where(n => !HoldsUp(_states[n])))];

        actions.AddRange(Looks(nodes));
        if (heard.Any(n => _states[n].Step < TargetStep.Clean))
            return actions;

        foreach (var kind in _targets.Select(t => t.Kind).Where(k => !IsNode(k)).Distinct())
        {
            var open = Where(k => k == kind).Where(t => _states[t].Step != TargetStep.Clean).ToList();
            actions.AddRange(open.Where(t => DueOf(t, settle) <= now).Select(t => new PurgeAction(t, Look: false, Order: _states[t].Order)));
            if (open.Count > 0)
                break;
        }

        return actions;

        IEnumerable<PurgeAction> Looks(IEnumerable<string> of) =>
            of.Where(n => _states[n].Step == TargetStep.PurgedTwice && DueOf(n, settle) <= now).Select(n => new PurgeAction(n, Look: true));
    }

    /// <summary>When there may be something to do again.</summary>
    public DateTimeOffset NextDue(TimeSpan settle) =>
        _targets.Where(t => _states[t.Name].Step != TargetStep.Clean).Select(t => DueOf(t.Name, settle)).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

    public void Told(string target, PurgeReply reply, DateTimeOffset now)
    {
        var state = _states[target];
        _states[target] = reply switch
        {
            PurgeReply.Purged when IsNode(KindOf(target)) => state with { Step = state.Step == TargetStep.Settled ? TargetStep.PurgedTwice : TargetStep.PurgedOnce, At = now, DueAt = null, IsAway = false },
            PurgeReply.Purged => new(TargetStep.Clean, now),
            PurgeReply.Taken taken => state with { Step = TargetStep.PurgedOnce, At = now, DueAt = now + taken.AskAfter, Order = taken.Order, Reason = $"{taken.Order} is being carried out", IsAway = false },
            PurgeReply.Lost lost => Failed(state, lost.Reason, now, null) with { Step = TargetStep.Owed, Order = null },
            PurgeReply.NotYet notYet => Failed(state, notYet.Reason, now, notYet.RetryAfter) with { IsAway = notYet.IsAway },
            PurgeReply.Refused refused => Failed(state, refused.Reason, now, LongestPause) with { IsAway = true },
            _ => throw new InvalidOperationException($"no such reply: {reply}"),
        };
    }

    public void Looked(string target, Verdict verdict, DateTimeOffset now)
    {
        var state = _states[target];
        switch (verdict)
        {
            case Verdict.Clean when state.Step == TargetStep.PurgedOnce:
                _states[target] = state with { Step = TargetStep.Settled, At = now, DueAt = null, IsAway = false };
                break;
            case Verdict.Clean:
                _states[target] = new(TargetStep.Clean, now);
                DoubtAllElse(target, now);
                break;
            case Verdict.Stale stale:
                _states[target] = Failed(state, stale.Reason, now, null) with { Step = TargetStep.Owed, IsAway = false };
                foreach (var hook in Where(k => k == TargetKind.NodeHook))
                    _states[hook] = _states[hook] with { Step = TargetStep.Owed, At = now, DueAt = _states[target].DueAt };
                break;
            case Verdict.Away away:
                _states[target] = Failed(state, away.Reason, now, null) with { IsAway = true };
                break;
        }
    }

    /// <summary>This node was away while others were fed: they may have got old bytes from it, or through a cache that it shares.</summary>
    private void DoubtAllElse(string back, DateTimeOffset now)
    {
        if (!_targets.Any(t => !IsNode(t.Kind) && _states[t.Name].Step == TargetStep.Clean))
            return;
        foreach (var (name, kind) in _targets.Where(t => t.Name != back && _states[t.Name].Step == TargetStep.Clean))
            _states[name] = new(IsNode(kind) ? TargetStep.PurgedTwice : TargetStep.Owed, now);
    }

    private static TargetState Failed(TargetState state, string reason, DateTimeOffset now, TimeSpan? asked)
    {
        var failures = state.Failures + 1;
        var pause = Backoff.After(failures, FirstPause, LongestPause, 0.5);
        return state with { Failures = failures, Reason = reason, DueAt = now + (asked > pause ? asked.Value : pause) };
    }

    private DateTimeOffset DueOf(string target, TimeSpan settle)
    {
        var state = _states[target];
        var settled = state is { Step: TargetStep.PurgedOnce, Order: null } ? state.At + settle : state.At;
        return state.DueAt > settled ? state.DueAt.Value : settled;
    }

    private IEnumerable<string> Where(Predicate<TargetKind> kind) => _targets.Where(t => kind(t.Kind)).Select(t => t.Name);

    private TargetKind KindOf(string target) => _targets.Single(t => t.Name == target).Kind;

    private static bool HoldsUp(TargetState state) => !state.IsAway && state.Failures < MostFailures;

    private static bool IsNode(TargetKind kind) => kind <= TargetKind.NodeHook;
}

/// <param name="Look">Verify it; else purge it.</param>
/// <param name="IsFirstLook">Between its two purges.</param>
/// <param name="Order">It has one already, and is asked how far it is.</param>
internal readonly record struct PurgeAction(string Target, bool Look, bool IsFirstLook = false, string? Order = null);
