using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Edge;
using Understudy.Warming.Planning;

namespace Understudy.Worker.Tests.Purging;

public sealed class InvalidationBatchTests
{
    [Theory]
    [InlineData("plain-1_x.y", "plain-1_x.y")]
    [InlineData("a b", "a%20b")]
    [InlineData("é", "%C3%A9")]
    [InlineData("50%", "50%25")]
    [InlineData("a:b,c+d&e=f(g)!'@$;", "a:b,c+d&e=f(g)!'@$;")]
    [InlineData("x*", "x%2A")]
    [InlineData("x?y#z", "x%3Fy%23z")]
    [InlineData("{asset}", "%7Basset%7D")]
    public void Path_encodes_what_is_unsafe_and_nothing_else(string asset, string encoded) =>
        Assert.Equal([$"/file/2/5/{encoded}"], InvalidationPath.Of(["/file/{id}"], Subject(asset)));

    [Fact]
    public void Path_is_there_by_number_and_by_name() =>
        Assert.Equal(["/i/2/5/a/*", "/i/wellcome/5/a/*"], InvalidationPath.Of(["/i/{customer}/{space}/{asset}/*"], Subject("a") with { CustomerName = "wellcome" }));

    [Fact]
    public void Many_assets_of_a_space_are_the_space()
    {
        var subjects = Enumerable.Range(0, 20).Select(i => Subject($"a{i}") with { CustomerName = "wellcome" }).Append(Subject("other") with { Id = AssetId.Parse("2/6/other") }).ToList();

        var orders = InvalidationOrder.Of(subjects, new CloudFrontOptions { Paths = ["/i/{id}/*", "/manifest/{customer}/{space}/{asset}"] });

        Assert.Equal(2, orders.Count);
        Assert.Equal(["/i/2/5/*", "/i/wellcome/5/*", "/manifest/2/5/*", "/manifest/wellcome/5/*"], orders[0].Batches.Single().Paths);
        Assert.Equal(["/i/2/6/other/*", "/manifest/2/6/other"], orders[1].Batches.Single().Paths);
    }

    [Fact]
    public void Space_that_no_prefix_names_is_left_to_its_assets() =>
        Assert.Equal(20, InvalidationOrder.Of([.. Enumerable.Range(0, 20).Select(i => Subject($"a{i}"))], new CloudFrontOptions { Paths = ["/{asset}/{customer}/{space}"] }).Single().Batches.Single().Paths.Count);

    /// <summary>A failure prints the numbers and the seed to replay.</summary>
    [Fact]
    public void Batches_keep_the_limits_and_lose_nobody() =>
        Prop.ForAll(
            (from count in Gen.Choose(0, 60)
             from named in Gen.Choose(0, 60)
             from plain in Gen.Choose(0, 3)
             from wild in Gen.Choose(1, 3)
             from paths in Gen.Choose(12, 60)
             from wildcards in Gen.Choose(1, 20)
             from widen in Gen.Choose(20, 70)
             select (count, named, plain, wild, paths, wildcards, widen)).ToArbitrary(),
            c =>
            {
                var options = new CloudFrontOptions
                {
                    Paths = [.. Enumerable.Range(0, c.plain).Select(i => $"/p{i}/{{id}}"), .. Enumerable.Range(0, c.wild).Select(i => $"/w{i}/{{id}}/*")],
                    MostPaths = c.paths,
                    MostWildcards = c.wildcards,
                    WidenFrom = c.widen,
                };
                var subjects = Enumerable.Range(0, c.count).Select(i => Subject($"a{i}") with { CustomerName = i < c.named ? "n" : null }).ToList();

                var orders = InvalidationOrder.Of(subjects, options);
                var batches = orders.SelectMany(o => o.Batches).ToList();

                Assert.Equal(Enumerable.Range(0, c.count), orders.SelectMany(o => o.Members).Order());
                Assert.All(subjects.Index(), s => Assert.All(InvalidationPath.Of(options.Paths, s.Item), p => Assert.True(
                    orders.Single(o => o.Members.Contains(s.Index)).Batches.SelectMany(b => b.Paths).Any(q => q == p || InvalidationPath.IsWildcard(q) && p.StartsWith(q[..^1], StringComparison.Ordinal)), p)));
                Assert.All(batches, b => Assert.True(b.Paths.Count <= c.paths && b.Paths.Count(InvalidationPath.IsWildcard) <= c.wildcards));
                Assert.Equal(batches.Count, batches.Select(b => b.CallerReference).Distinct().Count());
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static PurgeSubject Subject(string asset) => new(AssetId.Parse($"2/5/{asset}"), "p", [], new PixelSize(1, 1), false, null, "1");
}
