using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;
using Understudy.Warming.Flow;
using Understudy.Warming.Planning;

namespace Understudy.Warming;

/// <summary>Section <c>Warming</c>. It is on where <c>Cantaloupe:Tiles:Nodes</c> names image servers.</summary>
internal sealed class WarmingOptions : ICheckedOptions
{
    public const string Section = "Warming";

    private const string Mirador = "mirador";
    private const string UniversalViewer = "universalviewer";

    /// <summary>Versions of the Image API that viewers use here: 3, 2 or both. Each has URLs of its own, so both cost nearly twice the requests.</summary>
    public string Versions { get; set; } = "3,2";

    /// <summary>
    /// How the viewers here write tile URLs: A (OpenSeadragon up to 3.1: Mirador 3), B (4 and 5: Mirador 4, Clover), C (from 6: Universal
    /// Viewer 4.4); several as <c>B,C</c>. The wrong one warms what nobody asks for.
    /// </summary>
    public string Profile { get; set; } = "B";

    /// <summary>
    /// Images asked for of each asset, from the top of its pyramid down, 0 to 100,000. About 7 to 20 are what a viewer shows first; a whole
    /// pyramid of 12,000 × 9,000 pixels has 586, and takes their room in the caches.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxRequestsPerAsset { get; set; } = 20;

    /// <summary>Levels of the pyramid, from the top down, 1 to 32. None: as many as the requests reach.</summary>
    [Range(1, 32)]
    public int? MaxLevels { get; set; }

    /// <summary>Pixels that the servers may have to decode for one asset, 1 Mi to 1 Ti: what goes beyond is left out. None: no limit.</summary>
    [Range(1L << 20, 1L << 40)]
    public long? MaxPixelsPerAsset { get; set; }

    /// <summary>
    /// Whole-image requests besides, as <c>!400,400</c>, <c>200,</c> or <c>max</c>, or all that a viewer's thumbnails may need: <c>mirador</c>,
    /// <c>universalviewer</c>. None: DLCS has its thumbnails from elsewhere.
    /// </summary>
    public List<string> FullSizes { get; set; } = [];

    /// <summary>
    /// Where viewers get info.json from, if not from the image server itself: its <c>sizes</c> and <c>tiles</c> change the URLs. With
    /// <c>{version}</c>, <c>{customer}</c>, <c>{space}</c>, <c>{asset}</c>: <c>https://iiif.example/iiif-img/v{version}/{customer}/{space}/{asset}?noOrchestrate=true</c>.
    /// </summary>
    public string? PublicInfoJson { get; set; }

    /// <summary>Pages of a source that may have several (TIFF), 1 to 1,000. The first page that isn't there ends it.</summary>
    [Range(1, 1000)]
    public int Pages { get; set; } = 1;

    /// <summary>Copies, those used most, that the job <c>warm-top</c> has warmed each day where they aren't; 0 to 100,000. 0: none.</summary>
    [Range(0, 100_000)]
    public int Top { get; set; } = 1_000;

    /// <summary>How hard the servers may be pressed.</summary>
    public WarmingFlowOptions Flow { get; set; } = new();

    internal IReadOnlyList<int> VersionList => [.. Words(Versions).Select(v => int.TryParse(v, out var version) ? version : 0)];

    internal IReadOnlyList<ViewerProfile> Profiles => [.. Words(Profile).Select(p => Enum.TryParse<ViewerProfile>(p, ignoreCase: true, out var profile) ? profile : (ViewerProfile)(-1))];

    public RequestBudget Budget => new(MaxRequestsPerAsset, MaxLevels ?? int.MaxValue, MaxPixelsPerAsset ?? long.MaxValue);

    /// <summary>What <see cref="FullSizes"/> come to for an image.</summary>
    public IEnumerable<ThumbnailSize> ThumbnailsOf(IiifImage image) => FullSizes.SelectMany<string, ThumbnailSize>(size => size switch
    {
        Mirador => FullRequests.MiradorPlaces.Select(p => FullRequests.Mirador(image, p)).OfType<ThumbnailSize>(),
        UniversalViewer => FullRequests.UniversalViewer,
        _ => ThumbnailSize.TryParse(size, out var parsed, out _) ? [parsed] : [],
    });

    public IEnumerable<BrokenRule> Check()
    {
        if (VersionList is [] || VersionList.Except([2, 3]).Any())
            yield return new(nameof(Versions), "must be 3, 2 or 3,2");
        if (Profiles is [] || !Profiles.All(Enum.IsDefined))
            yield return new(nameof(Profile), "must be A, B or C, or several of them as B,C");
        if (PublicInfoJson is not null && PublicInfo.FaultOf(PublicInfoJson, VersionList) is { } fault)
            yield return new(nameof(PublicInfoJson), fault);
        foreach (var (size, i) in FullSizes.Select((s, i) => (s, i)))
        {
            if (size is not (Mirador or UniversalViewer) && !ThumbnailSize.TryParse(size, out _, out _))
                yield return new($"{nameof(FullSizes)}:{i}", $"must be a size, as !400,400 or 200, or {Mirador} or {UniversalViewer}");
        }
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
