using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Intake.Understanding;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class S3KeyPatternsTests
{
    private static readonly Gen<AssetId> Ids =
        from customer in Gen.Elements(0, 1, 12, int.MaxValue)
        from space in Gen.Elements(0, 7, 40, 999_999)
        from name in Gen.Elements("a", "Z", "0", "12", "-", "_", ".", "..", ".jp2", "original", "{asset}", "{space}", "+", "%2F", " ", "é", "\U0001F5BC", ":", "-3-", "x9").NonEmptyListOf()
        let asset = string.Concat(name.Take(20))
        select AssetId.TryCreate(customer, space, asset, out var id, out _) ? id : AssetId.Parse("0/0/x");

    // Each with something that is no digit at both ends, and some with what may be taken for a part of a name or a number.
    private static readonly Gen<string> Between = Gen.Elements("/", "-", "_", ".", "-x-", "/jp2/", ".jp2.", "_1_", "-0-", "+", "(", ")[a-z]*", "é", "/ /");
    private static readonly Gen<string> Starts = Gen.Elements("", "/", "a", "jp2/", "-", "v2/x", "(.*)");
    private static readonly Gen<string> Ends = Gen.Elements("", "/", "a", "-", ".jp2", "/original", "(.*)");

    private static readonly Gen<string> Patterns =
        from bucket in Gen.Elements("", "masters:", "my.bucket-9:")
        from tokens in Gen.Shuffle(["{customer}", "{space}", "{asset}"])
        from before in Starts
        from first in Between
        from second in Between
        from after in Ends
        select $"{bucket}{before}{tokens[0]}{first}{tokens[1]}{second}{tokens[2]}{after}";

    [Fact]
    public void Key_that_is_made_of_an_id_is_read_back_as_that_id() => Prop.ForAll(Ids.ToArbitrary(), Patterns.ToArbitrary(), (id, pattern) =>
    {
        Assert.True(S3KeyPatterns.TryCreate([pattern], out var patterns, out var error), error);
        Assert.Equal(id, patterns.AssetOf(pattern.StartsWith("my.", StringComparison.Ordinal) ? "my.bucket-9" : "masters", KeyOf(pattern[(pattern.IndexOf(':') + 1)..], id)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Pattern_whose_keys_could_be_of_several_ids_is_refused() => Prop.ForAll(
        Ids.ToArbitrary(),
        Gen.Elements("{customer}", "{space}", "{asset}", "{customer}/{space}/", "/{asset}", "/", "-", "1", "0", "a", ".", "-1", "é", "").NonEmptyListOf().Select(string.Concat).ToArbitrary(),
        (id, pattern) => !S3KeyPatterns.TryCreate([pattern], out var patterns, out _) || patterns.AssetOf("masters", KeyOf(pattern, id)) == id)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Keys_of_any_text_are_of_an_id_that_makes_them_or_of_none() => Prop.ForAll(
        Gen.Elements("1", "0", "23", "/", "//", "a", "-", ".jp2", "original", "\n", "\0", "é").ListOf().Select(string.Concat).ToArbitrary(), Patterns.ToArbitrary(), (key, pattern) =>
        {
            Assert.True(S3KeyPatterns.TryCreate([pattern], out var patterns, out _));
            return patterns.AssetOf("masters", key) is not { } id || KeyOf(pattern[(pattern.IndexOf(':') + 1)..], id) == key;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData("2/5/ledger", "2/5/ledger"), InlineData("2/5/ledger/original", "2/5/ledger"), InlineData("2/5/original", "2/5/original")]
    [InlineData("2/5/ledger/info/Cantaloupe/v3/info.json", null), InlineData("2/5/ledger/low.jpg", null), InlineData("02/5/ledger", null), InlineData("2/5/", null), InlineData("/2/5/ledger", null)]
    [InlineData("2/99999999999/ledger", null), InlineData("2/5/led\nger", null)]
    public void Keys_of_DLCS_are_known_without_any_setting(string key, string? id)
    {
        Assert.True(S3KeyPatterns.TryCreate(S3KeyPatterns.OfDlcs, out var patterns, out _));
        Assert.Equal(id, patterns.AssetOf("any-bucket", key)?.ToString());
    }

    [Fact]
    public void First_pattern_that_fits_decides()
    {
        Assert.True(S3KeyPatterns.TryCreate(["{customer}/{space}/{asset}.jp2", "{customer}/{space}/{asset}"], out var patterns, out _));
        Assert.Equal("2/5/x", patterns.AssetOf("masters", "2/5/x.jp2")?.ToString());
        Assert.Equal("2/5/x.tif", patterns.AssetOf("masters", "2/5/x.tif")?.ToString());
    }

    [Theory]
    [InlineData("", "has {customer} 0 times")]
    [InlineData("{customer}/{space}", "has {asset} 0 times")]
    [InlineData("{customer}/{space}/{asset}/{asset}", "has {asset} 2 times")]
    [InlineData("{customer}/{space}/{image}", "has '{image}', which is no token; there are {customer}, {space}, {asset}")]
    [InlineData("{customer}/{space}/{asset", "has '{', which is no token")]
    [InlineData("{customer}/{space}/{Asset}", "has '{Asset}'")]
    [InlineData("{customer}{space}/{asset}", "between a number")]
    [InlineData("{customer}/{space}{asset}", "between a number")]
    [InlineData("{asset}{customer}/{space}", "between a number")]
    [InlineData("jp2{customer}/{space}/{asset}", "between a number")]
    [InlineData("{customer}2/{space}/{asset}", "between a number")]
    [InlineData("b:{customer}/{space}/{asset}", "has 'b' before its first colon, which is no bucket's name")]
    [InlineData(":{customer}/{space}/{asset}", "has '' before its first colon")]
    [InlineData("{customer}/{space}/{asset}\n", "control character")]
    public void Pattern_that_is_none_is_refused_with_its_fault(string pattern, string because)
    {
        Assert.False(S3KeyPatterns.TryCreate(["{customer}/{space}/{asset}", pattern], out _, out var error));
        Assert.Contains(because, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_with_a_colon_is_written_behind_its_bucket()
    {
        Assert.True(S3KeyPatterns.TryCreate(["masters:ark:{customer}/{space}/{asset}"], out var patterns, out var error), error);
        Assert.Equal("2/5/x", patterns.AssetOf("masters", "ark:2/5/x")?.ToString());
    }

    private static string KeyOf(string pattern, AssetId id)
    {
        // In one pass: a name may hold what looks like a token.
        var key = System.Text.RegularExpressions.Regex.Replace(pattern, @"\{(customer|space|asset)\}", token => token.Groups[1].Value switch
        {
            "customer" => $"{id.Customer}",
            "space" => $"{id.Space}",
            _ => id.Asset,
        });
        return key;
    }
}
