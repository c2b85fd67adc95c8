using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Understudy.Contracts.Tests;

public sealed class AssetIdTests
{
    [Theory]
    [InlineData("2/5/foo", 2, 5, "foo")]
    [InlineData("0/0/a", 0, 0, "a")]
    [InlineData("2147483647/1/my-image_(1)", int.MaxValue, 1, "my-image_(1)")]
    [InlineData("1/2/..", 1, 2, "..")]
    [InlineData("1/2/ü 100%#?.jp2", 1, 2, "ü 100%#?.jp2")]
    [InlineData("1/2/😀", 1, 2, "😀")]
    public void Id_is_read_and_written_as_it_was(string text, int customer, int space, string asset)
    {
        var id = AssetId.Parse(text);
        Assert.Equal((customer, space, asset), (id.Customer, id.Space, id.Asset));
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null, "3 parts")]
    [InlineData("", "3 parts")]
    [InlineData("1/2", "3 parts")]
    [InlineData("1/2/a/b", "3 parts")]
    [InlineData("1/2/", "empty")]
    [InlineData("/2/a", "customer")]
    [InlineData("-1/2/a", "customer")]
    [InlineData("+1/2/a", "customer")]
    [InlineData("01/2/a", "leading zeros")]
    [InlineData("1/ 2/a", "space")]
    [InlineData("1/x/a", "space")]
    [InlineData("2147483648/2/a", "customer")]
    [InlineData("1/2/a\0b", "U+0000")]
    [InlineData("1/2/a\nb", "U+000A")]
    [InlineData("1/2/a\u0085b", "U+0085")]
    public void Id_that_breaks_a_rule_is_refused_with_the_rule(string? text, string rule)
    {
        Assert.False(AssetId.TryParse(text, out _, out var error));
        Assert.Contains(rule, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xD83D, -1)]
    [InlineData(-1, 0xDE00)]
    [InlineData(0xDE00, 0xD83D)]
    public void Half_of_a_surrogate_pair_is_refused(int first, int second)
    {
        var name = $"a{(first < 0 ? "" : (char)first)}{(second < 0 ? "" : (char)second)}";
        Assert.False(AssetId.TryCreate(1, 2, name, out _, out var error));
        Assert.Contains("surrogate", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_has_at_most_220_characters()
    {
        Assert.True(AssetId.TryParse("1/2/" + new string('a', AssetId.MaxLength - 4), out _));
        Assert.False(AssetId.TryParse("1/2/" + new string('a', AssetId.MaxLength - 3), out _, out var error));
        Assert.Contains("at most 220", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_legal_id_survives_text_and_json()
    {
        var name = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => s.Get);
        var ids = from c in Gen.Choose(0, int.MaxValue) from s in Gen.Choose(0, 1000) from n in name select (c, s, n);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ids.ToArbitrary(), parts =>
            !AssetId.TryCreate(parts.c, parts.s, parts.n, out var id, out _)
            || AssetId.Parse(id.ToString()) == id
            && JsonSerializer.Deserialize<AssetId>(JsonSerializer.Serialize(id, Wire.Json), Wire.Json) == id
            && JsonSerializer.Deserialize<AssetId>(JsonSerializer.Serialize(new { customer = id.Customer, space = id.Space, asset = id.Asset }), Wire.Json) == id));
    }

    [Theory]
    [InlineData("""{"customer":2,"space":5,"asset":"foo"}""")]
    [InlineData("""{"asset":"foo","Space":5,"customer":2,"extra":{"a":[1]}}""")]
    [InlineData("\"2/5/foo\"")]
    public void Json_is_read_as_a_string_and_as_the_object_of_DLCS(string json) =>
        Assert.Equal(AssetId.Parse("2/5/foo"), JsonSerializer.Deserialize<AssetId>(json, Wire.Json));

    [Theory]
    [InlineData("""{"customer":"2","space":5,"asset":"foo"}""", "'customer' of an asset id must be a whole number")]
    [InlineData("""{"customer":2.5,"space":5,"asset":"foo"}""", "'customer' of an asset id must be a whole number")]
    [InlineData("""{"space":5,"asset":"foo"}""", "needs a number 'customer'")]
    [InlineData("""{"customer":2,"space":5}""", "needs a string 'asset'")]
    [InlineData("""{"customer":-2,"space":5,"asset":"foo"}""", "must not be negative")]
    [InlineData("""{"customer":2,"space":5,"asset":"a/b"}""", "slash")]
    [InlineData("\"2/5\"", "3 parts")]
    [InlineData("7", "a string or an object")]
    [InlineData("null", "a string or an object")]
    public void Json_that_is_no_id_is_refused_with_the_reason(string json, string reason)
    {
        var refused = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetId>(json, Wire.Json));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }
}
