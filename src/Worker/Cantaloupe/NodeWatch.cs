namespace Understudy.Cantaloupe;

/// <summary>Keeps the lists of nodes up to date, from before the first purge on.</summary>
internal sealed partial class NodeWatch(IReadOnlyList<NodeDirectory> directories, TimeProvider time, ILogger<NodeWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    // A resolver that hangs must not hold up the start, nor the look at the other cluster for long.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public override async Task StartAsync(CancellationToken cancel)
    {
        await LookAsync(cancel);
        await base.StartAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stop))
            await LookAsync(stop);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        foreach (var directory in directories)
        {
            var before = directory.List;
            using var patience = new CancellationTokenSource(Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
            try
            {
                Tell(directory, before, await directory.RefreshAsync(either.Token));
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                LogNotFound(directory.Cluster, "no answer");
            }
        }
    }

    private void Tell(NodeDirectory directory, NodeList before, NodeList now)
    {
        if (now.Fault is { } fault && fault != before.Fault)
            LogNotFound(directory.Cluster, fault);
        foreach (var node in now.Nodes.Except(before.Nodes))
            LogJoined(directory.Cluster, node);
        foreach (var node in before.Nodes.Except(now.Nodes))
            LogLeft(directory.Cluster, node);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The nodes of {Cluster} can't be looked up, and stay as they were: {Fault}")]
    private partial void LogNotFound(string cluster, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} is a node of {Cluster}")]
    private partial void LogJoined(string cluster, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} is no longer a node of {Cluster}: it is not purged any more")]
    private partial void LogLeft(string cluster, string node);
}
