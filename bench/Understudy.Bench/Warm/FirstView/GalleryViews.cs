namespace Understudy.Bench.Warm.FirstView;

/// <summary>The first views of one gallery, by a reader who came first and by one who came after the worker. Seconds, an image each.</summary>
/// <param name="WarmingSeconds">From asking for it until the worker said that it is over.</param>
/// <param name="WarmingRequests">At both nodes.</param>
/// <param name="PictureBytes">Of a JP2, on average.</param>
/// <param name="TileBytes">Of a tile, on average.</param>
internal sealed record GalleryViews(
    IReadOnlyList<double> Cold, IReadOnlyList<double> Warmed, int Tiles, double WarmingSeconds, long WarmingRequests, double PictureBytes, double TileBytes);
