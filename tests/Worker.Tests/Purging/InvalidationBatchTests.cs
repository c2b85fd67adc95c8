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

    /// <summary>A failure prints the numbers and the seed to replay.</summary>
    [Fact]
    public void Batches_keep_the_limits_and_lose_nobody() =>
        Prop.ForAll(
            (from count in Gen.Choose(0, 60)
             from named in Gen.Choose(0, 60)
             from plain in Gen.Choose(0, 3)
             from wild in Gen.Choose(1, 3)
             from paths in Gen.Choose(12, 60)
             from wildcards in Gen.Choose(6, 20)
             select (count, named, plain, wild, paths, wildcards)).ToArbitrary(),
            c =>
            {
                var options = new CloudFrontOptions
                {
                    Paths = [.. Enumerable.Range(0, c.plain).Select(i => $"/p{i}/{{id}}"), .. Enumerable.Range(0, c.wild).Select(i => $"/w{i}/{{id}}/*")],
                    MostPaths = c.paths,
                    MostWildcards = c.wildcards,
                };
                var subjects = Enumerable.Range(0, c.count).Select(i => Subject($"a{i}") with { CustomerName = i < c.named ? "n" : null }).ToList();

                var batches = InvalidationBatch.Of(subjects, options);

                Assert.Equal(c.count, batches.Sum(b => b.Subjects));
                Assert.Equal(subjects.SelectMany(s => InvalidationPath.Of(options.Paths, s)).Order(StringComparer.Ordinal), batches.SelectMany(b => b.Paths).Order(StringComparer.Ordinal));
                Assert.All(batches, b => Assert.True(b.Paths.Count <= c.paths && b.Paths.Count(InvalidationPath.IsWildcard) <= c.wildcards));
                Assert.Equal(batches.Count, batches.Select(b => b.CallerReference).Distinct().Count());
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static PurgeSubject Subject(string asset) => new(AssetId.Parse($"2/5/{asset}"), "p", [], new PixelSize(1, 1), null, "1");
}
