using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;
using static Understudy.Worker.Tests.Warming.Verification.Answers;

namespace Understudy.Worker.Tests.Warming.Verification;

public class GoodInfoTests
{
    private static readonly PixelSize Copy = new(4000, 3000);

    [Theory]
    [InlineData("""{"width":4000,"height":3000}""")]
    [InlineData("""{ "sizes": [{"width":1,"height":1}], "height" : 3000, "width" : 4000, "tiles": [] }""")]
    public void Good_info_has_the_copys_width_and_height(string json) =>
        Assert.Null(GoodInfo.Check(Copy, Info(json)));

    [Theory]
    [InlineData("""{"width":2000,"height":1500}""", "wanted width and height 4000x3000, got 2000x1500")]
    [InlineData("""{"width":4000,"height":3001}""", "wanted width and height 4000x3000, got 4000x3001")]
    [InlineData("""{"width":3000,"height":4000}""", "wanted width and height 4000x3000, got 3000x4000, which is swapped")]
    public void Good_info_is_not_that_of_another_image(string json, string reason)
    {
        var bad = GoodInfo.Check(Copy, Info(json));

        Assert.Equal(new BadAnswer(Flaw.WrongSize, reason), bad);
        Assert.False(bad?.MayPass);
    }

    [Theory]
    [InlineData("""{"height":3000}""")]
    [InlineData("""{"width":"4000","height":3000}""")]
    [InlineData("""{"width":4e99,"height":3000}""")]
    [InlineData("""{"width":null,"height":null}""")]
    public void Good_info_has_whole_numbers(string json) =>
        Assert.Equal(new BadAnswer(Flaw.NotInfo, "wanted width and height 4000x3000, got none that are whole numbers"), GoodInfo.Check(Copy, Info(json)));

    [Theory]
    [InlineData("[4000,3000]", "wanted an info.json, got 11 bytes, no JSON object: \"[4000,3000]\"")]
    [InlineData("<html>", "wanted an info.json, got 6 bytes, no JSON: \"<html>\"")]
    [InlineData("""{"width":4000,"height":30""", "wanted an info.json, got 25 bytes, no JSON: \"{\"width\":4000,\"height\":30\"")]
    [InlineData("""{"\ud800":1,"width":4000,"height":3000} x""", "wanted an info.json, got 41 bytes, no JSON: \"{\"\\ud800\":1,\"width\":4000,\"height\":3000} x\"")]
    public void Good_info_is_a_json_object(string body, string reason) =>
        Assert.Equal(new BadAnswer(Flaw.NotInfo, reason), GoodInfo.Check(Copy, Info(body)));

    [Fact]
    public void Good_info_is_a_whole_200()
    {
        Assert.Equal(new BadAnswer(Flaw.NotFound, "wanted status 200, got 404: \"not here\""), GoodInfo.Check(Copy, Text("not here", 404)));
        Assert.Equal(Flaw.Empty, GoodInfo.Check(Copy, Info(""))?.Flaw);
        Assert.Equal(Flaw.Truncated, GoodInfo.Check(Copy, Info("""{"width":4000,"height":3000}""") with { ContentLength = 99 })?.Flaw);
    }

    [Fact]
    public void Good_info_of_anything_has_a_verdict()
    {
        const string Json = """{"@id":"http://h/iiif/2/\u00e4","width":4000,"height":3000,"sizes":[{"width":250,"height":188}]}""";
        var noise = Gen.Elements("\"", "\\", "\\ud800", "{", "}", "[", "1e999", "\0", "null", "\"width\"", ":", ",").Two().Zip(Gen.Choose(0, Json.Length));

        Prop.ForAll(noise.ToArbitrary(), change =>
        {
            GoodInfo.Check(Copy, Info(Json.Insert(change.Item2, change.Item1.Item1 + change.Item1.Item2)));
            return change.Item2 == Json.Length || GoodInfo.Check(Copy, Info(Json[..change.Item2])) is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        Prop.ForAll(ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(), bytes => GoodInfo.Check(Copy, Ok(bytes)) is not null)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static ServerAnswer Info(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return new ServerAnswer(200, "application/ld+json", body.Length, body);
    }
}
