namespace Understudy.Cantaloupe;

/// <summary>A cluster's nodes as they are known now.</summary>
/// <param name="Fault">Why the last look found nothing, so that what was found before still stands; null: it did.</param>
/// <param name="IsKnown">Whether there ever was a look that found anything; until then an empty list means nothing.</param>
internal sealed record NodeList(IReadOnlyList<string> Nodes, string? Fault, bool IsKnown);

/// <summary>Which nodes a cluster has. One that can't be asked leaves the list as it was: a purge that goes to nobody would seem done.</summary>
internal sealed class NodeDirectory(string cluster, NodeSource source)
{
    private volatile NodeList _list = new([], "not looked up yet", false);

    /// <summary><c>tiles</c> or <c>full</c>.</summary>
    public string Cluster => cluster;

    public NodeList List => _list;

    /// <summary>One caller at a time.</summary>
    public async Task<NodeList> RefreshAsync(CancellationToken cancel)
    {
        var before = _list;
        var (found, fault) = await source.ReadAsync(cancel);
        if (found is null)
            return _list = before with { Fault = fault };
        string[] nodes = [.. found.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        return _list = new NodeList(nodes, null, true);
    }
}
