using Understudy.Contracts;
using Understudy.Copying.Images;
using Understudy.Plans;
using Understudy.Warming.Flow;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>Gets the info.json files from which a viewer computes its URLs: the public one where there is one, else a tile server's own.</summary>
internal sealed class Survey(ImageServers servers, Questions questions, WarmingOptions options)
{
    /// <returns>An image for each version and page; null where one can't be had now, and the tally says why.</returns>
    public async Task<IReadOnlyList<Surveyed>?> AskAsync(Attempt attempt, Tally tally, CancellationToken cancel)
    {
        var found = new List<Surveyed>();
        foreach (var page in Enumerable.Range(1, HasPages(attempt.Copy!.Facts) ? options.Pages : 1))
        {
            foreach (var version in options.VersionList)
            {
                var surveyed = await AskAsync(attempt, version, page, tally, cancel);
                if (surveyed is null && page > 1 && tally.Held is null)
                    return found;
                if (surveyed is null)
                    return null;
                found.Add(surveyed);
            }
        }

        return found;
    }

    // A JP2 has one image. How many pages a TIFF has, only the server knows.
    private static bool HasPages(ImageFacts? facts) => facts is { Format: ImageFormat.Tiff };

    private async Task<Surveyed?> AskAsync(Attempt attempt, int version, int page, Tally tally, CancellationToken cancel)
    {
        var image = Path(servers.Tiles, attempt, version, page);
        var size = page == 1 && attempt.Copy!.Facts is { } facts ? new PixelSize(facts.Width, facts.Height) : (PixelSize?)null;
        var request = new WarmRequest.Info(image, size);
        var isPublic = options.PublicInfoJson is not null && page == 1;
        var reply = isPublic
            ? await questions.AskPublicAsync(PublicInfo.Of(options.PublicInfoJson!, attempt.Id, version), request, cancel)
            : await AskTilesAsync(request, attempt, cancel);
        switch (reply)
        {
            case Reply.Held held:
                tally.WasHeld(held.Reason);
                return null;
            // It is asked for again, with all others: there it counts.
            case Reply.Good good when IiifImage.TryParse(good.Answer.Body, out var parsed, out var error):
                return new Surveyed(image, version, page, size, parsed);
            case Reply.Good good:
                tally.WasBad(good.Url, new BadAnswer(Flaw.NotInfo, "no info.json to plan by"));
                return null;
            case Reply.Bad when page > 1:
                return null;
            case Reply.Bad bad:
                tally.WasBad(bad.Url, bad.Why);
                return null;
            default:
                throw new InvalidOperationException($"no such reply: {reply}");
        }
    }

    /// <summary>Whichever node answers will do: one that is away holds nobody up.</summary>
    private async Task<Reply> AskTilesAsync(WarmRequest.Info request, Attempt attempt, CancellationToken cancel)
    {
        Reply reply = new Reply.Held("all image servers are left alone for now");
        foreach (var node in servers.Tiles.Nodes.Where(n => !n.IsPaused).OrderBy(n => n.InFlight + n.Queued).ToList())
        {
            reply = await questions.AskAsync(node, request, attempt.Ticket, cancel);
            if (reply is not Reply.Held)
                break;
        }

        return reply;
    }

    public static string Path(WarmCluster cluster, Attempt attempt, int version, int page) =>
        cluster.Cluster.PathOf(attempt.Id, attempt.Copy!.Path, attempt.Copy.Source, version, page);
}

/// <summary>One image of an asset in one version of the Image API.</summary>
/// <param name="Path">What follows a tile node's address.</param>
/// <param name="Copy">Its size by the copy's header, where that says it.</param>
internal sealed record Surveyed(string Path, int Version, int Page, PixelSize? Copy, IiifImage Image);
