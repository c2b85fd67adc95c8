using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Understudy.Contracts.Tests;

public sealed class AssetIdTests
{
    private static readonly Arbitrary<(int Customer, int Space, string Asset)> Legal =
        (from customer in Gen.OneOf(Gen.Choose(0, 99), Gen.Constant(int.MaxValue))
         from space in Gen.OneOf(Gen.Choose(0, 99), Gen.Constant(int.MaxValue))
         from asset in Gen.OneOf(Gen.Elements('a', 'Z', '.', '%', ' ', '\\', '"', '?', '#', 'é', '\u2028', '\uFFFD').Select(c => $"{c}"), Gen.Constant("\U0001F5BC"))
             .NonEmptyListOf().Select(parts => string.Concat(parts.Take(90)))
         select (customer, space, asset)).ToArbitrary();

    [Fact]
    public void Legal_id_comes_back_from_text_and_json_as_it_was() => Prop.ForAll(Legal, parts =>
    {
        Assert.True(AssetId.TryCreate(parts.Customer, parts.Space, parts.Asset, out var id, out _));
        Assert.Equal(id, AssetId.Parse(id.ToString()));
        Assert.Equal(id, JsonSerializer.Deserialize<AssetId>(JsonSerializer.Serialize(id)));
        Assert.Equal(id, JsonSerializer.Deserialize<AssetId>(JsonSerializer.Serialize(new { customer = parts.Customer, space = parts.Space, asset = parts.Asset })));
        Assert.Equal(1, JsonSerializer.Deserialize<Dictionary<AssetId, int>>(JsonSerializer.Serialize(new Dictionary<AssetId, int> { [id] = 1 }))![id]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_an_id_that_says_the_same_or_is_refused_with_a_reason() => Prop.ForAll<string?>(text =>
    {
        foreach (var candidate in new[] { text, $"2/5/{text}", $"{text}/5/foo" })
            Assert.True(AssetId.TryParse(candidate, out var id, out var error) ? id.ToString() == candidate : error.Length > 0);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0/0/a"), InlineData("2147483647/2147483647/a"), InlineData("2/5/.."), InlineData("2/5/a b"), InlineData("2/5/%2F"), InlineData("2/5/\u00e9\U0001F5BC")]
    public void Legal_text_is_an_id(string text) => Assert.Equal(text, AssetId.Parse(text).ToString());

    [Theory]
    [InlineData(null, "not 0"), InlineData("", "not 1"), InlineData("2/5", "not 2"), InlineData("2/5/a/b", "not 4"), InlineData("2/5/", "must not be empty")]
    [InlineData("-1/5/a", "customer '-1'"), InlineData("+1/5/a", "customer '+1'"), InlineData("01/5/a", "customer '01'"), InlineData(" 1/5/a", "customer ' 1'"), InlineData("/5/a", "customer ''")]
    [InlineData("2/2147483648/a", "space '2147483648'"), InlineData("2/00/a", "space '00'"), InlineData("2/x/a", "space 'x'"), InlineData("2/\u0661/a", "space")]
    [InlineData("2/5/a\0b", "U+0000 at 1"), InlineData("2/5/a\u0085", "U+0085 at 1"), InlineData("2/5/\u007f", "U+007F at 0")]
    public void Illegal_text_is_refused_with_the_rule(string? text, string because)
    {
        Assert.False(AssetId.TryParse(text, out var id, out var error));
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Equal(default, id);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() =>
        Assert.All(["2/5/\ud800", "2/5/\udc00", "2/5/\ud800x", "2/5/\udc00\ud800"], text => Assert.False(AssetId.TryParse(text, out _)));

    [Fact]
    public void Whole_id_may_have_220_characters_and_no_more()
    {
        Assert.Equal(220, AssetId.Parse($"2/5/{new string('a', 216)}").ToString().Length);
        Assert.Contains("221 characters", Assert.Throws<FormatException>(() => AssetId.Parse($"2/5/{new string('a', 217)}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_numbers_are_refused()
    {
        Assert.False(AssetId.TryCreate(-1, 5, "a", out _, out _));
        Assert.False(AssetId.TryCreate(2, -5, "a", out _, out _));
        Assert.False(AssetId.TryCreate(2, 5, null, out _, out _));
    }

    [Theory]
    [InlineData("""{"customer":2,"space":5,"asset":"foo"}""")]
    [InlineData("""{"Asset":"foo","Space":5,"Customer":2}""")]
    [InlineData("""{"id":{"customer":9},"customer":2,"tags":[1,[2]],"space":5,"asset":"foo","more":null}""")]
    public void Object_as_Dlcs_writes_it_is_read_and_other_members_passed_over(string json) =>
        Assert.Equal(AssetId.Parse("2/5/foo"), JsonSerializer.Deserialize<AssetId>(json));

    [Theory]
    [InlineData("""{"customer":2,"space":5}"""), InlineData("""{"space":5,"asset":"foo"}"""), InlineData("""{"customer":"2","space":5,"asset":"foo"}"""), InlineData("""{"customer":2.5,"space":5,"asset":"foo"}""")]
    [InlineData("""{"customer":99999999999,"space":5,"asset":"foo"}"""), InlineData("""{"customer":2,"space":5,"asset":7}"""), InlineData("""{"customer":2,"space":5,"asset":"a/b"}"""), InlineData("""{"customer":-2,"space":5,"asset":"a"}""")]
    [InlineData("7"), InlineData("null"), InlineData("[]"), InlineData("\"2/5\""), InlineData("{}"), InlineData("true")]
    public void Json_that_is_no_id_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AssetId>(json));
}
