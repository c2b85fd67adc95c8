namespace Understudy.Warming.Planning;

/// <summary>One request of the IIIF Image API, in a viewer's words.</summary>
/// <param name="Region">As it stands in the URL: <c>full</c> or <c>x,y,w,h</c>.</param>
/// <param name="Size">As it stands in the URL: <c>full</c>, <c>max</c>, <c>w,</c> or <c>w,h</c>.</param>
/// <param name="Format">Of the answer, as it stands in the URL: <c>jpg</c>.</param>
/// <param name="Level">Of the tile pyramid: 0 is its top, the smallest.</param>
/// <param name="Source">What the region covers of the image at its full resolution: what a server may have to decode for it.</param>
/// <param name="Output">What a good answer measures; where the size is <c>w,</c> the server rounds the height.</param>
internal sealed record ImageRequest(string Region, string Size, string Format, int Level, PixelSize Source, PixelSize Output)
{
    /// <summary>What follows the image's own address.</summary>
    public string Path => $"{Region}/{Size}/0/default.{Format}";
}
