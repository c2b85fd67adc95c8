namespace Understudy.Copying.Images;

/// <summary>What the header says of an image.</summary>
/// <param name="TileWidth">As written in the header, which may be more than the image is wide.</param>
/// <param name="Levels">Decompositions of the wavelet: the file holds <c>Levels + 1</c> resolutions. 0 for JPEG and TIFF.</param>
/// <param name="BitDepth">Bits a sample of the first component.</param>
internal sealed record ImageFacts(
    ImageFormat Format, int Width, int Height, int TileWidth, int TileHeight, int Levels, int Components, int BitDepth);
