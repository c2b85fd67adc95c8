using Understudy.Warming.Planning;
using static Understudy.Worker.Tests.Warming.Planning.Infos;

namespace Understudy.Worker.Tests.Warming.Planning;

public sealed class FullRequestsTests
{
    private static readonly IiifImage Image = Tiled(2, 4000, 3000, 512, 6);

    [Theory]
    [InlineData("!400,400", "400,300", 400, 300)]
    [InlineData("!100,1000", "100,75", 100, 75)]
    [InlineData("max", "4000,3000", 4000, 3000)]
    [InlineData("full", "4000,3000", 4000, 3000)]
    [InlineData("!9000,9000", "4000,3000", 4000, 3000)]
    [InlineData("200,", "200,", 200, 150)]
    [InlineData(",200", ",200", 267, 200)]
    [InlineData("200,200", "200,200", 200, 200)]
    public void Size_is_written_as_the_orchestrator_passes_it_on(string size, string written, int width, int height) =>
        Assert.Equal([new("full", written, "jpg", 0, new(4000, 3000), new(width, height))], FullRequests.Of(Image, [Size(size)]));

    [Fact]
    public void Sizes_are_distinct_and_never_larger_than_the_image() =>
        Assert.Equal(["400,300", "4000,"], FullRequests.Of(Image, [.. "!400,400 400,300 4000, 4001, ,3001 9000,10".Split(' ').Select(Size)]).Select(r => r.Size));

    [Fact]
    public void Sizes_stay_within_the_limits_of_the_server()
    {
        var image = Tiled(3, 4000, 3000, 512, 6, ""","maxWidth":1000""");

        Assert.Equal(["1000,750", "900,"], FullRequests.Of(image, [.. "max !2000,2000 1200, 900,".Split(' ').Select(Size)]).Select(r => r.Size));
    }

    [Fact]
    public void Tile_of_the_whole_image_gets_its_exact_size_from_the_orchestrator()
    {
        var plan = TilePlan.Of(Tiled(2, 500, 400, 512, 2), ViewerProfile.B).Select(FullRequests.AsOrchestrated);

        Assert.Equal(["250,", "500,400"], plan.Select(r => r.Size));
    }

    [Fact]
    public void Mirador_takes_the_smallest_listed_size_that_has_enough_pixels()
    {
        var image = Tiled(2, 4000, 3000, 512, 6, Sizes((1024, 768), (400, 300), (200, 150), (100, 75)));

        // The gallery: 120x120 pixels or more; the index: 50x50 or more.
        Assert.Equal(["200,150", "100,75"], FullRequests.MiradorPlaces.Select(place => $"{FullRequests.Mirador(image, place)}"));
    }

    [Fact]
    public void Mirador_takes_the_nearest_size_rather_than_one_far_too_large() =>
        Assert.Equal("100,75", $"{FullRequests.Mirador(Tiled(2, 4000, 3000, 512, 6, Sizes((100, 75), (1024, 768))), new(null, 120))}");

    [Theory]
    [InlineData(null, 120, ",120")]
    [InlineData(90, null, "120,")]
    [InlineData(50, 50, "!120,120")]
    public void Mirador_has_a_size_made_where_none_is_listed(int? width, int? height, string size) =>
        Assert.Equal(size, $"{FullRequests.Mirador(Image, new(width, height))}");

    [Fact]
    public void Mirador_asks_a_server_of_level_1_by_one_side()
    {
        var image = Image with { Profile = "http://iiif.io/api/image/2/level1.json" };

        Assert.Equal(["120,", ",120"], new[] { image, image with { Width = 3000, Height = 4000 } }.Select(i => $"{FullRequests.Mirador(i, new(50, 50))}"));
    }

    [Fact]
    public void Universal_Viewer_asks_by_width() =>
        Assert.Equal(["90,", "200,"], FullRequests.Of(Image, FullRequests.UniversalViewer).Select(r => r.Size));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(",")]
    [InlineData("!,")]
    [InlineData("!200,")]
    [InlineData("0,")]
    [InlineData("-1,")]
    [InlineData("200")]
    [InlineData("1,2,3")]
    [InlineData(" 200,")]
    [InlineData("^200,")]
    [InlineData("pct:50")]
    [InlineData("99999999999,")]
    public void Text_that_is_no_size_is_refused(string? text)
    {
        Assert.False(ThumbnailSize.TryParse(text, out _, out var error));
        Assert.StartsWith($"'{text}' is no size; there are max", error, StringComparison.Ordinal);
    }

    private static ThumbnailSize Size(string text) => ThumbnailSize.TryParse(text, out var size, out var error) ? size : throw new InvalidOperationException(error);
}
