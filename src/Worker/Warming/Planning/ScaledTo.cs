namespace Understudy.Warming.Planning;

/// <summary>The other side of a size of which one is given, rounded as Cantaloupe does: halves up, at least 1.</summary>
internal static class ScaledTo
{
    public static PixelSize Width(PixelSize from, int width) => new(width, Rounded((double)from.Height * width / from.Width));

    public static PixelSize Height(PixelSize from, int height) => new(Rounded((double)from.Width * height / from.Height), height);

    private static int Rounded(double side) => (int)Math.Clamp(Math.Floor(side + 0.5), 1, int.MaxValue);
}
