using System.Globalization;

namespace Understudy.Warming.Planning;

/// <summary>
/// Requests for the whole image: thumbnails and downloads. They are written as DLCS's orchestrator passes them on (its ADR 0011): <c>full</c>,
/// <c>max</c> and <c>!w,h</c> become an exact <c>w,h</c>, any other size stays as the viewer wrote it. Without an orchestrator a viewer's own
/// <c>!w,h</c> would be another entry in the server's cache.
/// </summary>
internal static class FullRequests
{
    // Mirador has no thumbnail made that is smaller (its ThumbnailFactory).
    private const int MiradorsLeast = 120;

    // Mirador prefers a listed size that is somewhat larger than it needs, but not more than this many times.
    private const int MiradorsMost = 6;

    /// <summary>By the settings that Mirador comes with: rows of 120 pixels in the gallery and the strip, and boxes of 50 in the index.</summary>
    public static IReadOnlyList<ThumbnailSize> MiradorPlaces { get; } = [new(null, 120), new(50, 50)];

    /// <summary>Universal Viewer's thumbnails at the left, and those of its gallery (manifesto's getCanonicalImageUri).</summary>
    public static IReadOnlyList<ThumbnailSize> UniversalViewer { get; } = [new(90, null), new(200, null)];

    /// <summary>Distinct, in the order of <paramref name="sizes"/>; a size larger than the image, or than its server gives, is left out.</summary>
    public static IReadOnlyList<ImageRequest> Of(IiifImage image, IEnumerable<ThumbnailSize> sizes) =>
        [.. sizes.Select(s => Of(image, s)).OfType<ImageRequest>().DistinctBy(r => r.Size)];

    /// <summary>How a size reaches the image server when the orchestrator stands before it: also <c>full</c> and <c>max</c> of a tile are made exact.</summary>
    public static ImageRequest AsOrchestrated(ImageRequest request) =>
        request.Size is "full" or "max" ? request with { Size = Exact(request.Output) } : request;

    /// <summary>
    /// The size that Mirador asks for where there is room for <paramref name="place"/>: a listed one that fits well, else one that the server makes.
    /// </summary>
    public static ThumbnailSize? Mirador(IiifImage image, ThumbnailSize place)
    {
        var (width, height) = (Math.Max(place.Width ?? 0, MiradorsLeast), Math.Max(place.Height ?? 0, MiradorsLeast));
        // Only a place that is bounded both ways is taken as it is.
        var target = place is { Width: { } w, Height: { } h } ? (long)w * h : (long)width * height;
        if (Listed(image, target) is { } listed)
            return new(listed.Width, listed.Height);
        if (image.IsLevel0)
            return null;
        return place switch
        {
            { Width: not null, Height: not null } when IsLevel2(image) => new(width, height, IsBox: true),
            { Width: not null, Height: not null } => (double)width / height < (double)image.Width / image.Height ? new(width, null) : new(null, height),
            { Width: not null } => new(width, null),
            _ => new(null, height),
        };
    }

    /// <summary>The smallest that has enough pixels; where that is the whole image, or far too large, the nearest.</summary>
    private static PixelSize? Listed(IiifImage image, long target)
    {
        long Distance(PixelSize size) => Math.Abs(size.Area - target);

        var sizes = image.Sizes ?? [];
        PixelSize? listed = null;
        var best = image.Size;
        foreach (var size in sizes.Where(s => s.Area >= target && Distance(s) < Distance(best)))
            listed = best = size;
        if (best.Area > target * MiradorsMost)
        {
            foreach (var size in sizes.Where(s => Distance(s) < Distance(best)))
                listed = best = size;
        }

        return listed;
    }

    private static bool IsLevel2(IiifImage image) =>
        image.Profile is { } profile && (profile == "level2" || profile.EndsWith("#level2", StringComparison.Ordinal) || profile.EndsWith("/level2.json", StringComparison.Ordinal));

    private static ImageRequest? Of(IiifImage image, ThumbnailSize size)
    {
        var (text, output) = size switch
        {
            { Width: null, Height: null } => Made(image.Limited(image.Size)),
            { Width: { } width, Height: { } height, IsBox: true } => Made(Within(image.Limited(image.Size), image.Size, width, height)),
            { Width: { } width, Height: null } => (size.ToString(), ScaledTo.Width(image.Size, width)),
            { Width: null, Height: { } height } => (size.ToString(), ScaledTo.Height(image.Size, height)),
            { Width: { } width, Height: { } height } => Made(new(width, height)),
        };
        var request = new ImageRequest("full", text, "jpg", 0, image.Size, output);
        var isLarger = output.Width > image.Width || output.Height > image.Height;
        return isLarger || image.Refusal(request) is not null ? null : request;
    }

    /// <summary>Never larger than the image, rounded as the orchestrator's library rounds (Math.Round: halves to even).</summary>
    private static PixelSize Within(PixelSize most, PixelSize image, int width, int height)
    {
        var scale = Math.Min(Math.Min((double)width / image.Width, (double)height / image.Height), 1);
        PixelSize size = scale < 1 ? new(Math.Max(1, (int)Math.Round(image.Width * scale)), Math.Max(1, (int)Math.Round(image.Height * scale))) : image;
        return size.Width > most.Width || size.Height > most.Height ? most : size;
    }

    private static (string Text, PixelSize Size) Made(PixelSize size) => (Exact(size), size);

    private static string Exact(PixelSize size) => string.Create(CultureInfo.InvariantCulture, $"{size.Width},{size.Height}");
}
