using Understudy.Contracts;

namespace Understudy.Cantaloupe;

/// <summary>Image servers that answer alike, each of which can be addressed by itself.</summary>
internal sealed class Cluster(string name, ClusterOptions options)
{
    private readonly IdentifierTemplate _identifier = new(options.IdentifierTemplate);

    /// <summary><c>tiles</c> or <c>full</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Addresses, without a slash at the end.</summary>
    public IReadOnlyList<string> Nodes { get; } = [.. options.Nodes.Select(n => n.TrimEnd('/'))];

    public bool SharedCache { get; } = options.SharedCache;

    public bool ReducesExactSizes { get; } = options.ReducesExactSizes;

    /// <summary>What follows a node's address in the image's own.</summary>
    public string PathOf(AssetId id, string path, string source, int version, int page) =>
        options.PathOf(version) + IdentifierTemplate.OfPage(_identifier.Of(id, path, source), page);
}
