using System.Text;
using Understudy.Warming.Planning;
using static Understudy.Worker.Tests.Warming.Planning.Infos;

namespace Understudy.Worker.Tests.Warming.Planning;

public sealed class IiifImageTests
{
    private const string V2 = """{"@context":"http://iiif.io/api/image/2/context.json","@id":"x","width":10,"height":10,"profile":"p" """;

    [Fact]
    public void Info_of_version_2_is_read()
    {
        var image = Parse("""
            {
              "@context": "http://iiif.io/api/image/2/context.json", "@id": "https://example.org/iiif/2/a", "protocol": "http://iiif.io/api/image",
              "width": 4000, "height": 3000.0, "sizes": [{"width": 125, "height": 94}], "tiles": [{"width": 512, "height": 256, "scaleFactors": [1, 2]}],
              "profile": ["http://iiif.io/api/image/2/level2.json", {"formats": ["jpg"], "maxWidth": 1000, "maxArea": 1e12, "supports": ["sizeByW"]}]
            }
            """);

        Assert.Equal((2, "https://example.org/iiif/2/a", 4000, 3000), (image.Version, image.Id, image.Width, image.Height));
        Assert.Equal([new(125, 94)], image.Sizes);
        var tiles = Assert.Single(image.Tiles);
        Assert.Equal((512, 256), (tiles.Width, tiles.Height));
        Assert.Equal([1, 2], tiles.ScaleFactors);
        Assert.Equal((1000, null, 1_000_000_000_000), (image.MaxWidth, image.MaxHeight, image.MaxArea));
        Assert.True(image is { IsLevel0: false, ScalesAtWill: true });
    }

    [Fact]
    public void Info_of_version_3_is_read()
    {
        var image = Parse("""
            {
              "@context": ["http://example.org/other.json", "http://iiif.io/api/image/3/context.json"], "id": "https://example.org/iiif/3/a", "type": "ImageService3",
              "width": 4000, "height": 3000, "tiles": [{"width": 512}], "profile": "level0", "maxHeight": 9, "extraFeatures": ["sizeByWh"], "preferredFormats": ["webp"]
            }
            """);

        Assert.Equal((3, "https://example.org/iiif/3/a"), (image.Version, image.Id));
        Assert.Null(image.Sizes);
        Assert.Null(Assert.Single(image.Tiles).ScaleFactors);
        Assert.Equal((null, 9), (image.MaxWidth, image.MaxHeight));
        Assert.Equal(["webp"], image.PreferredFormats);
        Assert.True(image is { IsLevel0: true, ScalesAtWill: true });
    }

    [Fact]
    public void Byte_order_mark_and_members_that_nobody_knows_are_passed_over() =>
        Assert.Equal(10, Parse("\uFEFF" + V2 + ""","tiles":null,"sizes":null,"logo":{"a":[1]},"maxArea":"not here","width":10}""").Width);

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("null", "no JSON object")]
    [InlineData(V2, "no JSON")]
    [InlineData("""{"width":10,"height":10,"@id":"x"}""", "no @context")]
    [InlineData("""{"@context":"http://iiif.io/api/image/1/context.json"}""", "version 1")]
    [InlineData("""{"@context":"https://iiif.io/api/image/3/context.json"}""", "names neither version 2 nor version 3")]
    [InlineData("""{"@context":{}}""", "@context an object names neither")]
    [InlineData("""{"@context":"http://iiif.io/api/image/2/context.json","width":10,"height":10,"profile":"p"}""", "no id")]
    [InlineData("""{"@context":"http://iiif.io/api/image/2/context.json","@id":7,"width":10,"height":10,"profile":"p"}""", "@id is 7, not a text")]
    [InlineData("""{"@context":"http://iiif.io/api/image/2/context.json","@id":"a\nb","width":10,"height":10,"profile":"p"}""", "@id holds control characters")]
    [InlineData("""{"@context":"http://iiif.io/api/image/2/context.json","@id":"a\ud800","width":10,"height":10,"profile":"p"}""", "no Unicode")]
    [InlineData("""{"@context":"http://iiif.io/api/image/2/context.json","@id":"x","width":10,"height":10}""", "neither tiles nor a profile")]
    [InlineData(V2 + ""","height":0}""", "height is 0, not a whole number from 1 to 2147483647")]
    [InlineData(V2 + ""","height":-1}""", "height is -1")]
    [InlineData(V2 + ""","height":1.5}""", "height is 1.5")]
    [InlineData(V2 + ""","height":1e400}""", "height is 1e400")]
    [InlineData(V2 + ""","height":2147483648}""", "height is 2147483648")]
    [InlineData(V2 + ""","height":"10"}""", "height is \"10\"")]
    [InlineData(V2 + ""","height":null}""", "height is missing")]
    [InlineData(V2 + ""","tiles":{}}""", "tiles is an object, not a list")]
    [InlineData(V2 + ""","tiles":[]}""", "tiles is empty")]
    [InlineData(V2 + ""","tiles":[null]}""", "tiles[0] is null, not an object")]
    [InlineData(V2 + ""","tiles":[{}]}""", "tiles[0].width is missing")]
    [InlineData(V2 + ""","tiles":[{"width":0}]}""", "tiles[0].width is 0")]
    [InlineData(V2 + ""","tiles":[{"width":1,"height":-5}]}""", "tiles[0].height is -5")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":[]}]}""", "tiles[0].scaleFactors is empty")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":[1,0]}]}""", "tiles[0].scaleFactors[1] is 0")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":[1e300]}]}""", "tiles[0].scaleFactors[0] is 1e300")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":2}]}""", "tiles[0].scaleFactors is 2, not a list")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":[1]},{"width":1}]}""", "tiles[1] has no scaleFactors")]
    [InlineData(V2 + ""","tiles":[{"width":1,"scaleFactors":[]},{"width":1,"scaleFactors":[]}]}""", "no entry of tiles has a scale factor")]
    [InlineData(V2 + ""","sizes":[{"width":10,"height":-10}]}""", "sizes[0].height is -10")]
    [InlineData(V2 + ""","sizes":[3]}""", "sizes[0] is 3, not an object")]
    [InlineData(V2 + ""","preferredFormats":[3]}""", "preferredFormats[0] is 3, not a text")]
    [InlineData(V2 + ""","profile":["p",{"maxWidth":-1}]}""", "maxWidth is -1, not a number of pixels")]
    [InlineData(V2 + ""","profile":["http://iiif.io/api/image/2/level0.json"]}""", "level 0 and has neither tiles nor sizes")]
    [InlineData(V2 + ""","width":2000000000,"height":2000000000,"tiles":[{"width":1}]}""", "in such small tiles")]
    [InlineData(V2 + ""","width":2147483647,"height":1}""", "in such small tiles")]
    public void Info_that_no_viewer_could_use_is_refused_with_what_is_wrong(string json, string because) =>
        Assert.Contains(because, Error(json), StringComparison.Ordinal);

    [Fact]
    public void Thousands_of_entries_are_refused()
    {
        Assert.Contains("tiles has 5000 entries", Error(V2 + $$""","tiles":[{{Repeated("""{"width":1,"scaleFactors":[1]}""", 5000)}}]}"""), StringComparison.Ordinal);
        Assert.Contains("scaleFactors has 5000 entries", Error(V2 + $$""","tiles":[{"width":1,"scaleFactors":[{{Repeated("1", 5000)}}]}]}"""), StringComparison.Ordinal);
        Assert.Contains("sizes has 5000 entries", Error(V2 + $$""","sizes":[{{Repeated("""{"width":1,"height":1}""", 5000)}}]}"""), StringComparison.Ordinal);
        Assert.Contains("bytes, more than", Error(V2 + new string(' ', 2_000_000) + "}"), StringComparison.Ordinal);
        Assert.Contains("depth", Error(new string('[', 100_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_foreign_text_is_cut_in_the_error()
    {
        var text = new string('x', 500_000);

        Assert.All([$"\"{text}\"", V2 + $",\"width\":\"{text}\"}}", $$"""{"@context":"{{text}}"}""", $$"""{{{text}}"""], json => Assert.InRange(Error(json).Length, 1, 300));
    }

    [Fact]
    public void Most_entries_that_are_taken_are_planned_lazily()
    {
        var tiles = Repeated("""{"width":64,"scaleFactors":[1,2,4,8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768]}""", 1000);
        Assert.True(IiifImage.TryParse(Encoding.UTF8.GetBytes(V2 + $$""","width":400000,"height":400000,"tiles":[{{tiles}}]}"""), out var image, out var error), error);

        Assert.Equal(100, TilePlan.Of(image, ViewerProfile.B).Take(100).Count());
    }

    private static string Repeated(string entry, int times) => string.Join(',', Enumerable.Repeat(entry, times));
}
