namespace Understudy.Warming.Planning;

/// <summary>An info.json, as far as it decides what viewers ask for and what a server may answer.</summary>
internal sealed partial record IiifImage
{
    // OpenSeadragon's own list (setImageFormatsSupported can change it; the viewers that DLCS's users have leave it alone).
    private static readonly string[] OldFormats = ["jpg", "jpeg", "png"];
    private static readonly string[] NewFormats = [.. OldFormats, "avif", "webp"];

    /// <summary>Of the Image API: 2 or 3.</summary>
    public required int Version { get; init; }

    public required string Id { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Empty where there is no <c>tiles</c>: viewers then choose a tile size of their own, or take the <see cref="Sizes"/>.</summary>
    public IReadOnlyList<TileSet> Tiles { get; init; } = [];

    /// <summary>As they are listed; null where there is no <c>sizes</c>, which isn't the same as an empty list.</summary>
    public IReadOnlyList<PixelSize>? Sizes { get; init; }

    public IReadOnlyList<string> PreferredFormats { get; init; } = [];

    public int? MaxWidth { get; init; }

    public int? MaxHeight { get; init; }

    public long? MaxArea { get; init; }

    /// <summary>What conformance the server claims: <c>level2</c>, an address that ends in <c>/level2.json</c> or <c>#level2</c>.</summary>
    public string? Profile { get; init; }

    /// <summary>A server of level 0 need not scale; one that lists <c>sizeByW</c> (version 2) or <c>sizeByWh</c> (3) does so all the same.</summary>
    public bool ScalesAtWill { get; init; }

    /// <summary>Told by exactly the texts that OpenSeadragon knows; any other counts as a higher level.</summary>
    public bool IsLevel0 => Profile
        is "level0"
        or "http://iiif.io/api/image/2/level0.json"
        or "https://iiif.io/api/image/3/level0.json"
        or "http://library.stanford.edu/iiif/image-api/compliance.html#level0"
        or "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level0";

    public PixelSize Size => new(Width, Height);

    /// <summary>The first preferred format that the viewer knows, written as it is listed; else jpg.</summary>
    public string FormatFor(ViewerProfile profile)
    {
        var known = profile == ViewerProfile.A ? OldFormats : NewFormats;
        return PreferredFormats.FirstOrDefault(f => known.Contains(f, StringComparer.OrdinalIgnoreCase)) ?? "jpg";
    }

    /// <summary>What a server gives for <c>full</c> or <c>max</c> of a region: all of it, as far as its limits allow. Servers differ in how they round.</summary>
    public PixelSize Limited(PixelSize region)
    {
        var scale = 1.0;
        if (MaxWidth is { } width)
            scale = Math.Min(scale, (double)width / region.Width);
        // Where there is a largest width only, it is the largest height as well.
        if ((MaxHeight ?? MaxWidth) is { } height)
            scale = Math.Min(scale, (double)height / region.Height);
        if (MaxArea is { } area)
            scale = Math.Min(scale, Math.Sqrt((double)area / region.Area));
        return scale < 1 ? new(Math.Max(1, (int)Math.Round(region.Width * scale)), Math.Max(1, (int)Math.Round(region.Height * scale))) : region;
    }

    /// <summary>
    /// Why a server that keeps to what it says must refuse the request; null where it needn't. OpenSeadragon asks all the same: it reads none of
    /// the limits, and may take a level for larger than it is.
    /// </summary>
    public string? Refusal(ImageRequest request)
    {
        var (source, output) = (request.Source, request.Output);
        if (request.Size is "full" or "max")
            return null;
        if (MaxWidth is { } width && output.Width > width)
            return $"{output} is wider than maxWidth {width}";
        if ((MaxHeight ?? MaxWidth) is { } height && output.Height > height)
            return $"{output} is higher than {(MaxHeight is null ? "maxWidth" : "maxHeight")} {height}";
        if (MaxArea is { } area && output.Area > area)
            return $"{output} has more pixels than maxArea {area}";
        return Version == 3 && (output.Width > source.Width || output.Height > source.Height)
            ? $"{output} is larger than its region of {source}, which version 3 forbids"
            : null;
    }
}
