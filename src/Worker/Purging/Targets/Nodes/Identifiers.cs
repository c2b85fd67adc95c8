using Understudy.Cantaloupe;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>What an asset is called at the nodes of a cluster.</summary>
/// <param name="InUrl">Percent-encoded, as it stands in the URL of an image.</param>
/// <param name="IsCurrent">What the new image is called; else what a former one was.</param>
internal sealed record Identifier(string InUrl, bool IsCurrent)
{
    /// <summary>What tasks want, and caches are kept by: decoded once, with its leading slash where the template has one.</summary>
    public string Decoded => Uri.UnescapeDataString(InUrl);
}

internal sealed class Identifiers(string template)
{
    private readonly IdentifierTemplate _template = new(template);

    /// <summary>Nodes that read sources go on reading them when the copy is gone.</summary>
    public bool AreOfSources => _template.UsesSource;

    /// <returns>None where the servers call assets by sources, and none is known: then nobody can have asked for it either.</returns>
    public IReadOnlyList<Identifier> Of(PurgeSubject subject) => AreOfSources
        ? [.. subject.Sources.Select(s => _template.Of(subject.Id, subject.Path, s)).Distinct().Select((inUrl, i) => new Identifier(inUrl, i == 0))]
        : [new Identifier(_template.Of(subject.Id, subject.Path, ""), true)];
}
