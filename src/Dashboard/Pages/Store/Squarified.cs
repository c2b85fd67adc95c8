namespace Understudy.Dashboard.Pages.Store;

internal readonly record struct Tile(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;
}

/// <summary>
/// Lays sizes out as tiles of a rectangle, each as large as its share and as square as may be: row by row along the shorter side of what is left, as Bruls,
/// Huizing and van Wijk describe it in "Squarified Treemaps" (2000).
/// </summary>
internal static class Squarified
{
    /// <param name="sizes">Best with the largest first. What isn't positive gets a tile without area.</param>
    public static IReadOnlyList<Tile> Lay(IReadOnlyList<long> sizes, double width, double height)
    {
        var tiles = new Tile[sizes.Count];
        int[] shown = [.. Enumerable.Range(0, sizes.Count).Where(i => sizes[i] > 0)];
        var scale = width * height / shown.Sum(i => (double)sizes[i]);
        double[] areas = [.. shown.Select(i => sizes[i] * scale)];
        var left = new Tile(0, 0, width, height);
        for (var first = 0; first < areas.Length;)
        {
            var row = areas.AsSpan(first)[..RowLength(areas.AsSpan(first), Math.Min(left.Width, left.Height))];
            var isColumn = left.Width >= left.Height;
            var (side, deepest) = isColumn ? (left.Height, left.Width) : (left.Width, left.Height);
            // What rounding took off the last row could make a sliver longer than what is left.
            var depth = Math.Min(Sum(row) / side, deepest);
            var along = 0d;
            foreach (var area in row)
            {
                var length = Math.Min(area / depth, side - along);
                tiles[shown[first++]] = isColumn ? new(left.X, left.Y + along, depth, length) : new(left.X + along, left.Y, length, depth);
                along += length;
            }

            left = isColumn
                ? left with { X = left.X + depth, Width = left.Width - depth }
                : left with { Y = left.Y + depth, Height = left.Height - depth };
        }

        return tiles;
    }

    /// <summary>As many as make the worst of them squarer, or no worse.</summary>
    private static int RowLength(ReadOnlySpan<double> areas, double side)
    {
        var length = 1;
        while (length < areas.Length && Worst(areas[..(length + 1)], side) <= Worst(areas[..length], side))
            length++;
        return length;
    }

    /// <summary>How many times longer than wide the least square tile of a row along <paramref name="side"/> is.</summary>
    private static double Worst(ReadOnlySpan<double> row, double side)
    {
        var (least, most) = (double.MaxValue, 0d);
        foreach (var area in row)
            (least, most) = (Math.Min(least, area), Math.Max(most, area));
        var depth = Sum(row) / side;
        return Math.Max(most / depth / depth, depth * depth / least);
    }

    private static double Sum(ReadOnlySpan<double> row)
    {
        var sum = 0d;
        foreach (var area in row)
            sum += area;
        return sum;
    }
}
