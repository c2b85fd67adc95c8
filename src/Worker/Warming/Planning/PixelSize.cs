namespace Understudy.Warming.Planning;

internal readonly record struct PixelSize(int Width, int Height)
{
    public long Area => (long)Width * Height;

    public override string ToString() => $"{Width}x{Height}";
}
