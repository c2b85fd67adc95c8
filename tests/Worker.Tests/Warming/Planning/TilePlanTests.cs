using Understudy.Warming.Planning;
using static Understudy.Warming.Planning.ViewerProfile;
using static Understudy.Worker.Tests.Warming.Planning.Infos;

namespace Understudy.Worker.Tests.Warming.Planning;

public sealed class TilePlanTests
{
    private static readonly string Halved = Sizes((125, 88), (250, 175), (501, 351), (1001, 701));

    [Fact]
    public void Version_2_is_asked_by_width_up_to_OpenSeadragon_5_and_by_width_and_height_from_6()
    {
        var image = Tiled(2, 1001, 701, 512, 4, Halved);
        string[] tiles = ["0,0,512,512/512,", "512,0,489,512/489,", "0,512,512,189/512,", "512,512,489,189/489,"];

        Assert.Equal(["full/126,", "full/251,", "full/501,", .. tiles], Requests(image, A));
        Assert.Equal(["full/125,", "full/250,", "full/501,", .. tiles], Requests(image, B));
        Assert.Equal(
            ["full/125,", "full/250,", "full/501,", "0,0,512,512/512,512", "512,0,489,512/489,512", "0,512,512,189/512,189", "512,512,489,189/489,189"],
            Requests(image, C));
    }

    [Fact]
    public void Version_3_is_asked_by_width_and_height()
    {
        var image = Tiled(3, 1001, 701, 512, 4, Halved);
        string[] tiles = ["0,0,512,512/512,512", "512,0,489,512/489,512", "0,512,512,189/512,189", "512,512,489,189/489,189"];

        Assert.Equal(["full/126,88", "full/251,176", "full/501,351", .. tiles], Requests(image, A));
        Assert.All([B, C], profile => Assert.Equal(["full/125,88", "full/250,175", "full/501,351", .. tiles], Requests(image, profile)));
    }

    [Fact]
    public void Image_of_one_tile_is_asked_for_whole()
    {
        Assert.All([A, B, C], profile =>
        {
            Assert.Equal(["full/64,", "full/128,", "full/256,", "full/full"], Requests(Tiled(2, 512, 512, 512, 4), profile));
            Assert.Equal(["full/64,64", "full/128,128", "full/256,256", "full/max"], Requests(Tiled(3, 512, 512, 512, 4), profile));
        });
    }

    [Theory]
    [InlineData(2, "full/150,", "full/full")]
    [InlineData(3, "full/150,100", "full/max")]
    public void Tile_as_large_as_the_image_covers_it(int version, params string[] requests) =>
        Assert.All([A, B, C], profile =>
            Assert.Equal(requests, Requests(Parse(Json(version, ""","width":300,"height":200,"tiles":[{"width":300,"height":200,"scaleFactors":[1,2]}]""")), profile)));

    [Fact]
    public void Levels_grow_row_by_row_from_the_top()
    {
        var image = Tiled(2, 4000, 3000, 512, 6);

        Assert.All([A, B, C], profile =>
        {
            var plan = TilePlan.Of(image, profile).ToList();
            Assert.Equal([1, 1, 1, 4, 12, 48], plan.GroupBy(r => r.Level).Select(l => l.Count()));
            Assert.Equal(plan.Select(r => r.Level).Order(), plan.Select(r => r.Level));
            Assert.Equal(("full", "125,"), (plan[0].Region, plan[0].Size));
            Assert.Equal(("3584,2560,416,440", profile == C ? "416,440" : "416,"), (plan[^1].Region, plan[^1].Size));
        });
        Assert.Equal(["full/125,94", "3584,2560,416,440/416,440"], Requests(Tiled(3, 4000, 3000, 512, 6), B) is [var first, .., var last] ? [first, last] : []);
    }

    [Theory]
    [InlineData(2000, 3000, 34, 11)]
    [InlineData(4000, 3000, 67, 20)]
    [InlineData(8000, 6000, 259, 68)]
    [InlineData(12000, 9000, 586, 155)]
    [InlineData(20000, 30000, 3169, 810)]
    public void Image_has_so_many_requests(int width, int height, int of512, int of1024)
    {
        // As Cantaloupe lists scale factors: halved while the shorter side has 64 pixels.
        var factors = (int)Math.Log2(Math.Min(width, height) / 64) + 1;

        Assert.Equal(of512, TilePlan.Of(Tiled(2, width, height, 512, factors), B).Count());
        Assert.Equal(of1024, TilePlan.Of(Tiled(2, width, height, 1024, factors), B).Count());
    }

    [Fact]
    public void Sizes_that_are_not_all_levels_leave_the_levels_as_they_are()
    {
        (int, int)[] all = [(125, 94), (250, 188), (500, 375), (1000, 750), (2000, 1500), (4000, 3000), (8001, 6001)];

        Assert.All([B, C], profile =>
        {
            Assert.Equal(["full/126,", "full/251,", "full/501,"], Requests(Tiled(2, 8001, 6001, 512, 7, Sizes(all[..5])), profile)[..3]);
            Assert.Equal(["full/125,", "full/250,", "full/500,"], Requests(Tiled(2, 8001, 6001, 512, 7, Sizes(all)), profile)[..3]);
        });
    }

    [Fact]
    public void Thumbnails_as_many_as_there_are_levels_are_taken_for_levels_by_OpenSeadragon_5_which_then_shows_a_part_only()
    {
        var thumbnails = Sizes((100, 75), (200, 150), (400, 300), (1024, 768));
        var image = Tiled(3, 4000, 3000, 512, 5, thumbnails);

        Assert.Equal(["0,0,1024,1024/512,512", "1024,0,1024,1024/512,512", "0,1024,1024,1024/512,256", "1024,1024,1024,1024/512,256"], TilePlan.Of(image, B).Where(r => r.Level == 3).Select(r => $"{r.Region}/{r.Size}"));
        Assert.All([A, C], profile => Assert.Equal(Requests(Tiled(3, 4000, 3000, 512, 5), profile), Requests(image, profile)));
    }

    [Fact]
    public void Edge_of_one_pixel_is_asked_for_once_though_two_levels_need_it()
    {
        var requests = Requests(Tiled(2, 1025, 1025, 512, 2), B);

        Assert.Contains("1024,0,1,512/1,", requests);
        Assert.Single(requests, "1024,1024,1,1/1,");
        Assert.Equal(4 + 9 - 1, requests.Length);
    }

    [Fact]
    public void Tiles_that_span_the_same_on_two_levels_share_their_edge()
    {
        var image = Parse(Json(2, ""","width":513,"height":1024,"tiles":[{"width":512,"scaleFactors":[1]},{"width":256,"scaleFactors":[2]}]"""));

        Assert.Equal(["0,0,512,512/256,", "512,0,1,512/1,", "0,512,512,512/256,", "512,512,1,512/1,", "0,0,512,512/512,", "0,512,512,512/512,"], Requests(image, B));
    }

    [Fact]
    public void Image_one_pixel_wide_is_asked_for_in_full_at_every_small_level_of_version_2() =>
        Assert.Equal(["full/full"], Requests(Tiled(2, 1, 400, 512, 4), B));

    [Fact]
    public void Last_entry_with_a_scale_factor_gives_its_tile_size()
    {
        var image = Parse(Json(2, ""","width":2048,"height":1024,"tiles":[{"width":512,"scaleFactors":[1,2,4]},{"width":1024,"height":256,"scaleFactors":[2]}]"""));

        Assert.Equal(["full/512,", "0,0,2048,512/1024,", "0,512,2048,512/1024,", "0,0,512,512/512,"], Requests(image, B)[..4]);
    }

    [Fact]
    public void Scale_factors_that_are_no_powers_of_two_count_by_the_largest_only()
    {
        var image = Parse(Json(2, ""","width":900,"height":900,"tiles":[{"width":256,"scaleFactors":[1,3,9]}]"""));

        // 9 is nearest to 2 to the third.
        Assert.Equal("full/113,", Requests(image, B)[0]);
        Assert.Equal(4, TilePlan.Of(image, B).Select(r => r.Level).Distinct().Count());
    }

    [Fact]
    public void Level_for_which_several_entries_have_no_tile_size_has_no_requests()
    {
        var image = Parse(Json(2, ""","width":900,"height":900,"tiles":[{"width":256,"scaleFactors":[1]},{"width":300,"scaleFactors":[4]}]"""));

        Assert.Equal([0, 2], TilePlan.Of(image, B).Select(r => r.Level).Distinct());
    }

    [Fact]
    public void Image_without_tiles_gets_a_tile_size_and_levels_by_the_natural_logarithm()
    {
        var image = Parse(Json(2, ""","width":1200,"height":900"""));

        // ln 1200 = 7.09: eight levels below the full one up to 3.1, then seven.
        Assert.Equal(9, TilePlan.Of(image, A).Select(r => r.Level).Distinct().Count());
        Assert.Equal(8, TilePlan.Of(image, B).Select(r => r.Level).Distinct().Count());
        Assert.Equal(["0,0,512,512/512,", "512,0,512,512/512,", "1024,0,176,512/176,"], Requests(image, B)[^6..^3]);
    }

    [Theory]
    [InlineData(2, "http://iiif.io/api/image/2/level0.json", "full/100,", "full/400,")]
    [InlineData(3, "level0", "full/100,75", "full/400,300")]
    public void Image_of_level_0_without_tiles_has_its_sizes_only(int version, string level, params string[] requests)
    {
        var profile = version == 2 ? $"""["{level}"]""" : $"\"{level}\"";
        var image = Parse(Json(version, $$""","profile":{{profile}},"width":4000,"height":3000{{Sizes((400, 300), (100, 75))}}"""));

        Assert.All([A, B, C], viewer => Assert.Equal(requests, Requests(image, viewer)));
    }

    [Fact]
    public void Tiles_of_level_0_are_asked_by_width_by_OpenSeadragon_6_too()
    {
        var image = Parse(Json(2, ""","profile":"http://iiif.io/api/image/2/level0.json","width":1000,"height":700,"tiles":[{"width":512,"scaleFactors":[1]}]"""));

        Assert.Equal(["0,0,512,512/512,", "512,0,488,512/488,", "0,512,512,188/512,", "512,512,488,188/488,"], Requests(image, C));
    }

    [Fact]
    public void Empty_sizes_are_opened_by_OpenSeadragon_3_and_5_but_not_by_6()
    {
        var image = Tiled(2, 4000, 3000, 512, 6, ""","sizes":[]""");

        Assert.All([A, B], profile => Assert.Equal(67, TilePlan.Of(image, profile).Count()));
        Assert.Empty(TilePlan.Of(image, C));
        Assert.NotNull(Pyramid.Obstacle(image, C));
    }

    [Theory]
    [InlineData("""["webp","png"]""", "png", "webp")]
    [InlineData("""["tif","PNG"]""", "PNG", "PNG")]
    [InlineData("""["tif"]""", "jpg", "jpg")]
    [InlineData("[]", "jpg", "jpg")]
    public void First_preferred_format_that_the_viewer_knows_is_asked_for(string preferred, string old, string modern)
    {
        var image = Tiled(3, 300, 200, 512, 2, $""","preferredFormats":{preferred}""");

        Assert.All(TilePlan.Of(image, A), r => Assert.EndsWith($"/0/default.{old}", r.Path, StringComparison.Ordinal));
        Assert.All([.. TilePlan.Of(image, B), .. TilePlan.Of(image, C)], r => Assert.EndsWith($"/0/default.{modern}", r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Request_says_what_it_covers_and_what_a_good_answer_measures()
    {
        var plan = TilePlan.Of(Tiled(2, 1001, 701, 512, 4, Halved), B).ToList();

        Assert.Equal((new(1001, 701), new(125, 88)), (plan[0].Source, plan[0].Output));
        Assert.Equal((new(489, 512), new(489, 512)), (plan[4].Source, plan[4].Output));
        Assert.Equal("512,0,489,512/489,/0/default.jpg", plan[4].Path);
        // A server rounds 175.07 and 350.5.
        Assert.Equal([new(250, 175), new(501, 351)], plan[1..3].Select(r => r.Output));
    }

    [Fact]
    public void Limits_change_no_request_but_what_is_beyond_them_is_told()
    {
        var image = Tiled(3, 4000, 3000, 512, 6, ""","maxWidth":400,"maxArea":100000""");

        Assert.Equal(Requests(Tiled(3, 4000, 3000, 512, 6), B), Requests(image, B));
        var refused = TilePlan.Of(image, B).Where(r => image.Refusal(r) is not null).ToList();
        Assert.Contains(refused, r => r.Size == "512,512");
        Assert.DoesNotContain(refused, r => r.Size is "125,94" or "250,188");
        Assert.Equal("512x512 is wider than maxWidth 400", image.Refusal(refused.First(r => r.Size == "512,512")));
    }

    [Fact]
    public void Limits_of_version_2_stand_in_its_profile()
    {
        var image = Parse(Json(2, ""","profile":["http://iiif.io/api/image/2/level2.json",{"maxArea":200000}],"width":4000,"height":3000,"tiles":[{"width":512,"scaleFactors":[1,2,4,8,16,32]}]"""));

        Assert.Equal(200_000, image.MaxArea);
        Assert.Contains("maxArea", image.Refusal(TilePlan.Of(image, B).First(r => r.Size == "512,")), StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_image_beyond_the_limit_comes_smaller()
    {
        var image = Tiled(3, 1000, 500, 1024, 1, ""","maxWidth":400""");

        Assert.Equal([("max", new PixelSize(400, 200))], TilePlan.Of(image, B).Select(r => (r.Size, r.Output)));
    }

    [Fact]
    public void Listed_size_larger_than_its_level_makes_requests_that_version_3_refuses()
    {
        var image = Tiled(3, 100, 100, 64, 2, Sizes((60, 60), (200, 200)));

        Assert.All(TilePlan.Of(image, B).Where(r => r.Level == 1 && r.Source.Width < r.Output.Width), r => Assert.Contains("version 3 forbids", image.Refusal(r), StringComparison.Ordinal));
        Assert.Contains(TilePlan.Of(image, B), r => image.Refusal(r) is not null);
    }
}
