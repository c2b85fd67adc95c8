namespace Understudy.Comparing;

/// <summary>One asset to compare.</summary>
/// <param name="Identifiers">As they stand in the URL, one for each server.</param>
internal sealed record ComparedAsset(IReadOnlyList<string> Identifiers)
{
    /// <summary>By which it is reported.</summary>
    public string Name => Identifiers[0];
}

/// <summary>A file with an asset a line: an identifier for all servers, or one for each with tabs between. Empty lines and # comments are skipped.</summary>
internal static class AssetList
{
    /// <param name="error">What is wrong, and in which line.</param>
    public static IReadOnlyList<ComparedAsset> Read(TextReader lines, int servers, out string? error)
    {
        var assets = new List<ComparedAsset>();
        error = null;
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (line.TrimStart() is "" or ['#', ..])
                continue;
            var identifiers = line.Split('\t').Select(i => i.Trim()).ToArray();
            if (identifiers.Length != 1 && identifiers.Length != servers)
                error ??= $"line {number} has {identifiers.Length} identifiers for {servers} servers";
            else if (identifiers.Any(i => i.Length == 0 || i.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))))
                error ??= $"line {number} has an identifier that is empty or holds a space; write it as it goes into the URL: {line.Trim()}";
            else
                assets.Add(new ComparedAsset(identifiers.Length == 1 ? [.. Enumerable.Repeat(identifiers[0], servers)] : identifiers));
        }

        if (assets.Count == 0)
            error ??= "there is no asset in it";
        return assets;
    }
}
