using System.Globalization;
using Understudy.Contracts;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>Asks the tile cluster for a picture small enough for a page about the asset.</summary>
internal sealed class SmallPictures(ImageServers servers, ImageClient client, WarmingOptions options)
{
    /// <summary>Pixels of the longer side: one request that the top of the pyramid answers.</summary>
    private const int Longest = 400;

    /// <summary>Far more than so few pixels take, whatever the format.</summary>
    private const long LargestAnswer = 4 << 20;

    private const int MostNodes = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // No SVG: it may hold script.
    private static readonly string[] Formats = ["image/jpeg", "image/png", "image/webp", "image/gif"];

    /// <summary>Of the first node that answers with a picture.</summary>
    /// <returns>The picture, or why there is none.</returns>
    public async Task<(Picture? Picture, string? Reason)> GetAsync(AssetId id, CopyView copy, CancellationToken cancel)
    {
        var version = options.Versions.Contains('3', StringComparison.Ordinal) ? 3 : 2;
        var cluster = servers.Tiles.Cluster;
        var path = $"{cluster.PathOf(id, copy.Path, copy.Source, version, page: 1)}/full/{Size(copy.Facts)}/0/default.jpg";
        string? reason = null;
        foreach (var node in servers.Tiles.Nodes.OrderBy(n => n.IsPaused).Take(MostNodes).Select(n => n.Name))
        {
            var asked = await client.GetAsync(node + path, Timeout, cancel, LargestAnswer);
            if (asked.Answer is { Status: 200 } answer && Formats.FirstOrDefault(f => f.Equals(answer.MediaType, StringComparison.OrdinalIgnoreCase)) is { } format)
                return (new Picture(format, answer.Body.ToArray()), null);
            reason = $"{node} {Describe(asked)}";
        }

        return (null, reason ?? "the cluster has no node");
    }

    // The form w, is answered by every server, whatever its level; larger than the image itself is refused by version 3.
    private static string Size(FactsView? facts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(facts is null ? Longest : Math.Clamp((long)facts.Width * Longest / Math.Max(facts.Width, facts.Height), 1, facts.Width))},");

    private static string Describe(Asked asked) => asked switch
    {
        { Failure: { } failure } => $"gave no answer: {failure.Reason}",
        { Answer: { Status: 200 } answer } => $"answered {answer.ContentType ?? "without a content type"}, no picture: {FirstBytes.Of(answer.Body.Span)}",
        { Answer: { } answer } => $"answered {answer.Status}: {FirstBytes.Of(answer.Body.Span)}",
        _ => "gave no answer",
    };
}
