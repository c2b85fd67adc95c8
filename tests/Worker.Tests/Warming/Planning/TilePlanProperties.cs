using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Warming.Planning;

namespace Understudy.Worker.Tests.Warming.Planning;

/// <summary>A failure prints the info.json and the seed to replay.</summary>
public sealed class TilePlanProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    // Whole pyramids whose sizes, where there are any, are those of the levels: what servers of level 2 write.
    private static readonly Gen<(string Json, ViewerProfile Profile)> Sound =
        from version in Gen.Elements(2, 3)
        from width in Sides
        from height in Sides
        from tileWidth in Gen.Elements(64, 100, 256, 512)
        from tileHeight in Gen.Elements(64, 100, 256, 512)
        from factors in Gen.Choose(1, 8)
        from sizes in Gen.Elements(true, false)
        from profile in Gen.Elements(Enum.GetValues<ViewerProfile>())
        select (Info(version, width, height, tileWidth, tileHeight, factors, sizes), profile);

    private static readonly Gen<string> Values = Gen.Elements(
        "0", "-1", "1", "2", "1e9", "2147483647", "2147483648", "1e400", "-1e400", "0.5", "null", "true", "\"\"", "\"1\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[0]", "[1]",
        "[1,2147483647]", "[{}]", """[{"width":1}]""", """[{"width":1,"scaleFactors":[1]},{"width":2147483647,"height":2147483647,"scaleFactors":[2147483647]}]""", """{"width":1}""", "\"level0\"");

    private static readonly Gen<string> Names = Gen.Elements(
        "@context", "@id", "id", "width", "height", "tiles", "sizes", "profile", "preferredFormats", "extraFeatures", "maxWidth", "maxHeight", "maxArea");

    private static readonly Gen<byte[]> Hostile =
        from sound in Sound
        from changes in (from name in Names from value in Values select $",\"{name}\":{value}").ArrayOf()
        from flips in (from at in Gen.Choose(0, 100_000) from bits in Gen.Choose(1, 255) select (at, bits)).ArrayOf()
        from flipped in Gen.Elements(false, false, true)
        select Flipped(Encoding.UTF8.GetBytes(sound.Json[..^1] + string.Concat(changes.Take(4)) + "}"), flipped ? flips.Take(3) : []);

    private static Gen<int> Sides => Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 3000), from tile in Gen.Elements(64, 100, 256, 512) from n in Gen.Choose(1, 6) from off in Gen.Choose(-1, 1) select (tile * n) + off);

    [Fact]
    public void Tiles_cover_the_image_exactly_once_at_every_level() => ForAll(Sound, (image, profile) =>
    {
        var (whole, above) = (image.Size.Area, new HashSet<(int, int, int, int)>());
        foreach (var level in TilePlan.Of(image, profile).GroupBy(r => r.Level))
        {
            var regions = level.Select(r => Region(r, image)).ToList();
            Assert.DoesNotContain(Pairs(regions), p => p.A.X < p.B.X + p.B.Width && p.B.X < p.A.X + p.A.Width && p.A.Y < p.B.Y + p.B.Height && p.B.Y < p.A.Y + p.A.Height);
            // What is left is one that a level above has asked for: the pixel in the last corner.
            var left = whole - regions.Sum(r => (long)r.Width * r.Height);
            Assert.True(left == 0 || above.Any(r => r.Item1 + r.Item3 == image.Width && r.Item2 + r.Item4 == image.Height && (long)r.Item3 * r.Item4 == left), $"{left} pixels of level {level.Key} are not covered");
            above.UnionWith(regions.Select(r => (r.X, r.Y, r.Width, r.Height)));
        }
    });

    [Fact]
    public void Requests_lie_inside_the_image_and_are_distinct() => ForAll(Hostile.Select(j => (Encoding.Latin1.GetString(j), ViewerProfile.A)), _ => { }, (image, profile) =>
    {
        var plan = TilePlan.Of(image, profile).Take(2_000).ToList();
        Assert.All(plan, request =>
        {
            var region = Region(request, image);
            Assert.True(region is { X: >= 0, Y: >= 0, Width: > 0, Height: > 0 } && region.X + (long)region.Width <= image.Width && region.Y + (long)region.Height <= image.Height, request.Path);
            Assert.Equal((region.Width, region.Height), (request.Source.Width, request.Source.Height));
            Assert.True(request.Output is { Width: > 0, Height: > 0 }, request.Path);
        });
        Assert.Equal(plan.Count, plan.DistinctBy(r => r.Path).Count());
    });

    [Fact]
    public void Sound_image_has_no_request_that_must_be_refused() => ForAll(Sound, (image, profile) => Assert.All(TilePlan.Of(image, profile), r => Assert.Null(image.Refusal(r))));

    [Fact]
    public void Budget_takes_the_first_requests_as_far_as_they_fit() => Prop.ForAll(
        (from sound in Sound
         from requests in Gen.Choose(0, 100)
         from levels in Gen.Choose(0, 8)
         from pixels in Gen.Choose(0, 30_000_000)
         select (sound, requests, levels, pixels)).ToArbitrary(),
        given =>
        {
            var plan = TilePlan.Of(Infos.Parse(given.sound.Json), given.sound.Profile).ToList();
            var taken = new RequestBudget(given.requests, given.levels, given.pixels).Take(plan).ToList();
            Assert.Equal(plan.Take(taken.Count), taken);
            Assert.True(taken.Count <= given.requests && taken.DistinctBy(r => r.Level).Count() <= given.levels && taken.Sum(r => r.Source.Area) <= given.pixels);
            if (taken.Count < plan.Count)
            {
                var more = plan.Take(taken.Count + 1).ToList();
                Assert.True(more.Count > given.requests || more.DistinctBy(r => r.Level).Count() > given.levels || more.Sum(r => r.Source.Area) > given.pixels);
            }
        }).Check(Many);

    [Fact]
    public void Cost_lies_between_the_answer_and_the_region() => ForAll(Sound, (image, profile) =>
        Assert.All(TilePlan.Of(image, profile), r => Assert.All([new Decoding(), new Decoding(ReducesExactSizes: true)], d => Assert.InRange(d.Pixels(r), 1, r.Source.Area))));

    [Fact]
    public void Hostile_info_is_answered_with_an_error_or_a_plan_that_can_be_read() => Prop.ForAll(Hostile.ToArbitrary(), json =>
    {
        if (!IiifImage.TryParse(json, out var image, out var error))
            Assert.True(error.Length is > 0 and < 300 && !error.Any(char.IsControl), error);
        else
            Assert.All(Enum.GetValues<ViewerProfile>(), profile => Assert.InRange(TilePlan.Of(image, profile).Take(500).Count(), 0, 500));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    private static void ForAll(Gen<(string Json, ViewerProfile Profile)> infos, Action<IiifImage, ViewerProfile> holds) =>
        Prop.ForAll(infos.ToArbitrary(), given => holds(Infos.Parse(given.Json), given.Profile)).Check(Many);

    private static void ForAll(Gen<(string Json, ViewerProfile Profile)> infos, Action<string> refused, Action<IiifImage, ViewerProfile> holds) =>
        Prop.ForAll(infos.ToArbitrary(), given =>
        {
            if (!IiifImage.TryParse(Encoding.Latin1.GetBytes(given.Json), out var image, out var error))
                refused(error);
            else
                foreach (var profile in Enum.GetValues<ViewerProfile>())
                    holds(image, profile);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static (int X, int Y, int Width, int Height) Region(ImageRequest request, IiifImage image) =>
        request.Region == "full" ? (0, 0, image.Width, image.Height)
        : request.Region.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() is [var x, var y, var width, var height] ? (x, y, width, height)
        : throw new FormatException(request.Region);

    private static IEnumerable<((int X, int Y, int Width, int Height) A, (int X, int Y, int Width, int Height) B)> Pairs(List<(int, int, int, int)> regions) =>
        regions.Count > 200 ? [] : regions.SelectMany((a, i) => regions.Skip(i + 1).Select(b => (a, b)));

    private static string Info(int version, int width, int height, int tileWidth, int tileHeight, int factors, bool sizes)
    {
        var scales = Enumerable.Range(0, factors).Select(k => 1 << k).ToList();
        var listed = sizes ? Infos.Sizes([.. scales.Select(s => ((width + s - 1) / s, (height + s - 1) / s)).Reverse()]) : "";
        return Infos.Json(version, $$""","width":{{width}},"height":{{height}},"tiles":[{"width":{{tileWidth}},"height":{{tileHeight}},"scaleFactors":[{{string.Join(',', scales)}}]}]{{listed}}""");
    }

    private static byte[] Flipped(byte[] json, IEnumerable<(int At, int Bits)> flips)
    {
        foreach (var (at, bits) in flips)
            json[at % json.Length] ^= (byte)bits;
        return json;
    }
}
