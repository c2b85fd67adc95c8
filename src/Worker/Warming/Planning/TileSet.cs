namespace Understudy.Warming.Planning;

/// <summary>One entry of <c>tiles</c> in an info.json.</summary>
/// <param name="ScaleFactors">In the order in which they are listed, for OpenSeadragon 6 counts on it; null where there are none.</param>
internal sealed record TileSet(int Width, int Height, IReadOnlyList<int>? ScaleFactors);
