using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Sources that are as they should be.</summary>
public sealed class CopyingTests(PostgresServer postgres, FauxqsServer aws)
{
    [Theory]
    [InlineData(SyntheticJp2.LeastBytes)]
    [InlineData(CopyWorld.PartSize - 1)]
    [InlineData(CopyWorld.PartSize)]
    [InlineData(CopyWorld.PartSize + 1)]
    [InlineData(1_234_567)]
    public async Task Object_is_copied_byte_for_byte_with_its_facts_and_version(int bytes)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(bytes, seed: 1);
        world.S3.Put(CopyWorld.Bucket, "a/b c+d%é.jp2", FaultyObject.Of(jp2) with { VersionId = "v7" });

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("a/b c+d%é.jp2"));

        await world.AssertCopiedAsync(jp2, view);
        Assert.Equal("2/5/foo.jp2", view.Copy!.Path);
        Assert.Equal(FaultyObject.Of(jp2).ETag, view.Copy.ETag);
        Assert.Equal("v7", view.Copy.VersionId);
        Assert.Equal(FaultyObject.DefaultLastModified, view.Copy.SourceModified);
        var facts = SyntheticJp2.Facts(bytes);
        Assert.Equal(new FactsView("jp2", facts.Width, facts.Height, facts.TileWidth, facts.TileHeight, facts.Levels, facts.Components, facts.BitDepth), view.Copy.Facts);
        Assert.Empty(world.Leftovers());
        Assert.Equal(bytes, await world.Worker.QueryAsync<long>("select used from store"));
        Assert.All(world.S3.Traffic.Exchanges, e => Assert.True(e.Request.IsSigned));
        Assert.Equal(bytes, world.S3.Traffic.BytesSent("a/b c+d%é.jp2"));
    }

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(300_000, true)]
    [InlineData((8 << 20) + 5, false)]
    public async Task Object_of_another_S3_is_copied_byte_for_byte(int bytes, bool inParts)
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var worker = await world.AddWorkerAsync($"Aws:ServiceUrl={aws.ServiceUrl}", "Sources:AllowedBuckets:0=*");
        var bucket = await aws.NewBucketAsync();
        var jp2 = SyntheticJp2.Bytes(bytes, seed: 1);
        var tag = await aws.PutAsync(bucket, "2/5/a picture+%é.jp2", jp2, inParts);

        var view = await worker.CopyAsync(CopyWorld.Id, $"s3://{bucket}/2/5/a picture+%é.jp2");

        await world.AssertCopiedAsync(jp2, view);
        Assert.Equal(tag.Trim('"'), view.Copy!.ETag!.Trim('"'));
        Assert.Empty(world.Leftovers());
    }

    [Theory]
    [InlineData(CopyWorld.PartSize)]
    [InlineData(1_234_567)]
    public async Task File_is_copied_byte_for_byte(int bytes)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(bytes, seed: 1);
        var file = Path.Combine(world.Files, "a b%é.jp2");
        await File.WriteAllBytesAsync(file, jp2);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, new Uri(file).AbsoluteUri);

        await world.AssertCopiedAsync(jp2, view);
        Assert.Empty(world.Leftovers());
    }

    [Theory]
    [InlineData("s3://pics/{customer}/{space}/{asset}")]
    [InlineData("https://pics.s3.eu-west-1.amazonaws.com/{customer}/{space}/{asset}")]
    public async Task Source_that_no_event_named_comes_of_the_template(string template)
    {
        await using var world = await CopyWorld.StartAsync(postgres, $"Sources:Template={template}");
        var id = AssetId.Parse("2/5/a b%20+é");
        var jp2 = world.Put("2/5/a b%20+é", 1000);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(id, source: null));
    }

    [Fact]
    public async Task Source_that_nobody_knows_is_a_dead_plan_that_says_so()
    {
        await using var world = await CopyWorld.StartAsync(postgres);

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, source: null), Contracts.Fault.SourceGone, "Sources:Template");
    }

    [Fact]
    public async Task Copy_that_is_there_in_the_same_version_is_not_fetched_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", 500_000);
        var first = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        var sent = world.S3.Traffic.BytesSent("foo");

        var again = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(jp2, again);
        Assert.Equal(sent, world.S3.Traffic.BytesSent("foo"));
        Assert.Equal(first.Generation + 1, again.Generation);
        Assert.Equal(again.Generation, await world.Worker.QueryAsync<long>("select generation from copy"));
        Assert.Equal(first.Copy!.CopiedAt, again.Copy!.CopiedAt);
    }

    [Fact]
    public async Task Copy_that_vanished_from_the_store_is_copied_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", 500_000);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        File.Delete(world.PathOf(CopyWorld.Id));

        await world.AssertCopiedAsync(jp2, await world.Worker.EnsureAsync(CopyWorld.Id));
        Assert.Equal(jp2.Length, await world.Worker.QueryAsync<long>("select used from store"));
    }

    [Fact]
    public async Task File_of_another_length_is_replaced_and_those_who_read_it_keep_it()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", 500_000);
        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));
        await File.WriteAllTextAsync(world.PathOf(CopyWorld.Id), "half of it");

        using (var reader = File.OpenText(world.PathOf(CopyWorld.Id)))
        {
            await world.Worker.EnsureAsync(CopyWorld.Id);
            Assert.Equal("half of it", await reader.ReadToEndAsync());
        }

        await world.AssertCopiedAsync(jp2, (await world.Worker.Api.FindAsync(CopyWorld.Id))!);
    }

    [Fact]
    public async Task Same_tag_under_another_source_is_another_version()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var (one, two) = (SyntheticJp2.Bytes(1000, seed: 1), SyntheticJp2.Bytes(1000, seed: 2));
        foreach (var (name, jp2) in new[] { ("one", one), ("two", two) })
        {
            await File.WriteAllBytesAsync(Path.Combine(world.Files, name), jp2);
            File.SetLastWriteTimeUtc(Path.Combine(world.Files, name), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        }

        await world.Worker.CopyAsync(CopyWorld.Id, $"file://{world.Files}/one");
        await world.AssertCopiedAsync(two, await world.Worker.CopyAsync(CopyWorld.Id, $"file://{world.Files}/two"));
    }
}
