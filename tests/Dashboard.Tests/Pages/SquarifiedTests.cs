using Understudy.Dashboard.Pages.Store;

namespace Understudy.Dashboard.Tests.Pages;

public sealed class SquarifiedTests
{
    [Fact]
    public void Sizes_of_the_paper_lie_as_in_the_paper()
    {
        var tiles = Squarified.Lay([6, 6, 4, 3, 2, 2, 1], 6, 4);

        Tile[] wanted = [new(0, 0, 3, 2), new(0, 2, 3, 2), new(3, 0, 12 / 7d, 7 / 3d), new(3 + 12 / 7d, 0, 9 / 7d, 7 / 3d), new(3, 7 / 3d, 1.2, 5 / 3d)];
        Assert.All(wanted.Zip(tiles), pair => AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public void Four_of_a_size_are_squares() => Assert.All(Squarified.Lay([1, 1, 1, 1], 10, 10), t => Assert.Equal((5, 5), (t.Width, t.Height)));

    [Fact]
    public void Sizes_of_all_kinds_fill_the_whole_each_with_its_share_and_none_on_another()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            long[] sizes = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (long)Math.Pow(10, random.NextDouble() * 13)).OrderDescending()];
            var (width, height) = (random.Next(100, 1200), random.Next(100, 1200));
            var tiles = Squarified.Lay(sizes, width, height);

            var total = sizes.Sum(s => (double)s);
            for (var i = 0; i < tiles.Count; i++)
            {
                var tile = tiles[i];
                Assert.True(Math.Abs(tile.Area - sizes[i] / total * width * height) < 0.01, $"seed {seed}: {tile} isn't the share of {sizes[i]} in {total}");
                Assert.True(tile is { X: >= 0, Y: >= 0 } && tile.X + tile.Width <= width + 0.001 && tile.Y + tile.Height <= height + 0.001, $"seed {seed}: {tile} isn't within {width} x {height}");
                Assert.DoesNotContain(tiles.Take(i), other => Overlap(tile, other) > 0.01);
            }
        }
    }

    [Theory]
    [InlineData]
    [InlineData(0L)]
    [InlineData(0L, 0L)]
    [InlineData(5L, 0L, -1L)]
    public void Nothing_has_a_tile_without_area(params long[] sizes)
    {
        var tiles = Squarified.Lay(sizes, 100, 50);

        Assert.Equal(sizes.Length, tiles.Count);
        Assert.All(sizes.Zip(tiles), pair => Assert.Equal(pair.First > 0 ? 5000 : 0, pair.Second.Area));
    }

    [Fact]
    public void Tiles_of_like_sizes_are_nearly_square()
    {
        var tiles = Squarified.Lay([.. Enumerable.Range(0, 40).Select(i => 1000L - i * 10)], 1000, 300);

        Assert.All(tiles, t => Assert.InRange(Math.Max(t.Width / t.Height, t.Height / t.Width), 1, 3));
    }

    private static double Overlap(Tile a, Tile b) =>
        Math.Max(0, Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X)) * Math.Max(0, Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y));

    private static void AssertSame(Tile wanted, Tile got)
    {
        Assert.Equal(wanted.X, got.X, 9);
        Assert.Equal(wanted.Y, got.Y, 9);
        Assert.Equal(wanted.Width, got.Width, 9);
        Assert.Equal(wanted.Height, got.Height, 9);
    }
}
