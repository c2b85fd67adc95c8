using System.Security.Cryptography;
using Understudy.Cantaloupe;
using Understudy.Warming;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>Looks at what a node shows of an asset, and at what it would show without its caches.</summary>
internal sealed class Inspection(ImageClient client, WarmingOptions warming)
{
    private const string PastCaches = "?cache=false";

    public async Task<Verdict> LookAsync(string node, ClusterOptions options, Identifiers identifiers, PurgeSubject subject, Scrutiny scrutiny, CancellationToken cancel)
    {
        string? remark = null;
        foreach (var identifier in identifiers.Of(subject))
        {
            // Cantaloupe keeps dimensions, and pictures, by the identifier, whatever the version that they were asked for by.
            foreach (var (i, version) in (scrutiny == Scrutiny.Sizes ? warming.VersionList.Take(1) : warming.VersionList).Index())
            {
                var image = node + options.PathOf(version) + identifier.InUrl;
                var pictures = scrutiny == Scrutiny.Thorough || scrutiny == Scrutiny.Sample && i == 0;
                switch (await LookAtImageAsync(image, identifier, identifiers.AreOfSources, options, subject, pictures, cancel))
                {
                    case Verdict.Clean clean:
                        remark ??= clean.Remark;
                        break;
                    case var verdict:
                        return verdict;
                }
            }
        }

        return new Verdict.Clean(remark);
    }

    private async Task<Verdict> LookAtImageAsync(
        string image, Identifier identifier, bool isOfSource, ClusterOptions options, PurgeSubject subject, bool pictures, CancellationToken cancel)
    {
        var url = $"{image}/info.json";
        // A source is its owner's: it may be there for long after the asset was deleted, or got another source.
        var isOurs = !isOfSource || identifier.IsCurrent && !subject.IsDeleted;
        if (isOurs && subject.Size is { } known && !pictures)
            return await LookAtSizeAsync(url, known, cancel);

        var (pair, away) = await AskBothAsync(url, cancel);
        if (pair is not var (shown, truth))
            return away!;
        var infos = new InfoComparison(url, shown, truth);
        if (!isOurs)
            return infos.ShouldAgree() ?? new Verdict.Clean();
        if (subject.IsDeleted)
            return infos.ShouldBeGone() ?? new Verdict.Clean();
        var unlike = subject.Size is { } size ? infos.ShouldBe(size) : infos.ShouldAgree();
        return unlike ?? (pictures && truth.Status == 200 ? await CompareProbesAsync(image, truth, options, cancel) : new Verdict.Clean());
    }

    private async Task<Verdict> LookAtSizeAsync(string url, PixelSize size, CancellationToken cancel)
    {
        var (shown, away) = await AskAsync(url, cancel);
        return shown is null ? away! : InfoComparison.ShouldShow(url, shown, size) ?? new Verdict.Clean();
    }

    private async Task<Verdict> CompareProbesAsync(string image, ServerAnswer info, ClusterOptions options, CancellationToken cancel)
    {
        if (!IiifImage.TryParse(info.Body, out var described, out var error))
            return new Verdict.Clean($"no tile was compared, as viewers can't read {image}/info.json: {error}");
        string? remark = null;
        foreach (var probe in ProbeTiles.Of(described, warming.Profiles[0], new Decoding(options.ReducesExactSizes)))
        {
            switch (await CompareAsync($"{image}/{probe.Path}", probe, cancel))
            {
                case Verdict.Clean clean:
                    remark ??= clean.Remark;
                    break;
                case var verdict:
                    return verdict;
            }
        }

        return new Verdict.Clean(remark);
    }

    /// <summary>Byte by byte: one server makes the same JPEG of the same pixels each time.</summary>
    private async Task<Verdict> CompareAsync(string url, ImageRequest probe, CancellationToken cancel)
    {
        var (pair, away) = await AskBothAsync(url, cancel);
        if (pair is not var (shown, truth))
            return away!;
        if (shown.Status != 200 && shown.Status == truth.Status)
            return new Verdict.Clean($"{url} was not compared: {shown.Status}, with and without caches");
        if (GoodImage.Check(probe, truth) is { } untrue)
            return new Verdict.Stale($"{url}{PastCaches}: {untrue.Reason}");
        if (GoodImage.Check(probe, shown) is { } bad)
            return new Verdict.Stale($"{url}: {bad.Reason}");
        if (shown.Body.Span.SequenceEqual(truth.Body.Span))
            return new Verdict.Clean();

        var (again, gone) = await AskAsync(url + PastCaches, cancel);
        if (again is null)
            return gone!;
        return again.Body.Span.SequenceEqual(truth.Body.Span)
            ? new Verdict.Stale($"{url} is another picture than past the caches: {Brief(shown)} against {Brief(truth)}")
            : new Verdict.Clean($"{url} is made differently each time: only its size was compared");
    }

    private async Task<((ServerAnswer Shown, ServerAnswer Truth)? Answers, Verdict? Away)> AskBothAsync(string url, CancellationToken cancel)
    {
        var (truth, away) = await AskAsync(url + PastCaches, cancel);
        if (truth is null)
            return (null, away);
        (var shown, away) = await AskAsync(url, cancel);
        return shown is null ? (null, away) : ((shown, truth), null);
    }

    private async Task<(ServerAnswer? Answer, Verdict? Away)> AskAsync(string url, CancellationToken cancel)
    {
        var asked = await client.GetAsync(url, warming.Flow.RequestTimeout, cancel);
        var bad = asked.Failure ?? Whole.Check(asked.Answer!);
        // None of these says anything about the image; nor does half an answer.
        return bad is { Flaw: Flaw.Overloaded or Flaw.ServerError or Flaw.TimedOut or Flaw.ConnectionLost or Flaw.Empty or Flaw.Truncated } && asked.Answer?.Status != 501
            ? (null, new Verdict.Away($"{url}: {bad.Reason}"))
            : (asked.Answer!, null);
    }

    private static string Brief(ServerAnswer answer) => $"{answer.Body.Length} bytes, SHA-256 {Convert.ToHexString(SHA256.HashData(answer.Body.Span))[..8]}";
}
