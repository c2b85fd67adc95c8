using Understudy.Cantaloupe;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>
/// One Cantaloupe node: its dimensions in the heap, and its derivatives, which each node is told to forget also where they are shared. That the task is
/// done says nothing: during a sweep a purge removes nothing, and a request in flight puts back what was there. So it is looked at.
/// </summary>
internal sealed class NodeTarget(string node, TargetKind kind, ClusterOptions options, TargetHttp http, Inspection inspection, TimeProvider time) : IVerifiableTarget
{
    // The node does one task after the other anyway.
    private const int PostsAtOnce = 4;

    private readonly Identifiers _identifiers = new(options.IdentifierTemplate);
    private readonly string _cluster = kind == TargetKind.TileNode ? "Tiles" : "Full";
    private readonly TaskClient _tasks = new(node, kind == TargetKind.TileNode ? "Tiles" : "Full", options, http, time);

    public static string NameOf(TargetKind kind, string node) => $"{(kind == TargetKind.TileNode ? "tiles" : "full")} {node}";

    public string Name { get; } = NameOf(kind, node);

    public TargetKind Kind => kind;

    public int MostAtOnce => 100;

    public async Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        if (!options.HasTasks)
            return [.. subjects.Select(_ => PurgeReply.Done)];
        if (string.IsNullOrEmpty(options.ApiUser))
            return [.. subjects.Select(_ => new PurgeReply.Refused($"Cantaloupe:{_cluster}:ApiUser and :ApiSecret are not set, without which {node} takes no purge"))];

        var items = subjects.SelectMany((s, i) => _identifiers.Of(s).Select(id => (Subject: i, id.Decoded))).ToList();
        var replies = await TellAsync([.. items.Select(i => i.Decoded)], cancel);
        var ofSubjects = items.Zip(replies).ToLookup(i => i.First.Subject, i => i.Second);
        return [.. subjects.Select((_, i) => PurgeReply.Worst(ofSubjects[i]))];
    }

    public Task<Verdict> VerifyAsync(PurgeSubject subject, Scrutiny scrutiny, CancellationToken cancel) => inspection.LookAsync(node, options, _identifiers, subject, scrutiny, cancel);

    /// <summary>
    /// Two looks for any number of tasks: a node does them in the order in which it took them, so when the last is done all are; and its records are lost
    /// only with the process, so when it knows the first as well, it wasn't restarted on the way.
    /// </summary>
    private async Task<IReadOnlyList<PurgeReply>> TellAsync(IReadOnlyList<string> identifiers, CancellationToken cancel)
    {
        if (identifiers.Count == 0)
            return [];
        var ids = new string?[identifiers.Count];
        async Task<PurgeReply> PostAsync(int i, CancellationToken stop)
        {
            (ids[i], var bad) = await _tasks.PostAsync(identifiers[i], stop);
            return bad ?? PurgeReply.Done;
        }

        var order = Enumerable.Range(0, identifiers.Count).ToList();
        var replies = (await Each.OfAsync(order[..^1], PostsAtOnce, PostAsync, cancel)).ToList();
        // Only when all others were taken: so it is the last.
        replies.Add(replies.FirstOrDefault(r => r is PurgeReply.NotYet { IsAway: true }) ?? await PostAsync(order[^1], cancel));

        string[] taken = [.. ids.OfType<string>()];
        if (taken.Length == 0)
            return replies;
        var finished = await FinishAllAsync(taken, isLastLast: ids[^1] is not null, cancel);
        return [.. replies.Select((reply, i) => ids[i] is null ? reply : finished)];
    }

    private async Task<PurgeReply> FinishAllAsync(string[] taken, bool isLastLast, CancellationToken cancel)
    {
        // Those that were posted side by side arrived in an order of their own.
        foreach (var id in isLastLast ? taken.TakeLast(1) : taken.Reverse())
        {
            if (await _tasks.FinishAsync(id, cancel) is not PurgeReply.Purged and var bad)
                return bad;
        }

        return taken.Length == 1 || !isLastLast ? PurgeReply.Done : await _tasks.LookAsync(taken[0], cancel) ?? PurgeReply.Done;
    }
}
