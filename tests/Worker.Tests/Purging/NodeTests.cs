using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Nodes;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Worker.Tests.Purging;

/// <summary>What is pure about purging a node.</summary>
public sealed class NodeTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/a");

    [Theory]
    [InlineData("""{"verb":"PurgeItemFromCache","done":true,"cancelled":false,"stopped_at":"2026-11-22T06:27:11.453Z"}""", "Done")]
    [InlineData("""{"verb":"PurgeItemFromCache","done":false,"cancelled":false,"queued_at":"2026-11-22T06:27:11.452Z"}""", "Waiting")]
    [InlineData("""{"stopped_at":"2026-11-22T06:27:11.453Z"}""", "Done")]
    [InlineData("""{"status":"SUCCEEDED","uuid":"x"}""", "Done")]
    [InlineData("""{"status":"RUNNING"}""", "Waiting")]
    [InlineData("""{"status":"FAILED","done":true}""", "Failed")]
    [InlineData("""{"done":true,"cancelled":true}""", "Failed")]
    [InlineData("""{"done":"yes","stopped_at":null,"status":5}""", "Waiting")]
    [InlineData("""{}""", "Waiting")]
    [InlineData("""[]""", null)]
    [InlineData("""<html>""", null)]
    [InlineData("", null)]
    public void Task_is_read_leniently(string json, string? stage) => Assert.Equal(stage, CantaloupeTask.Read(Encoding.UTF8.GetBytes(json))?.ToString());

    /// <summary>A failure prints the name and the seed to replay.</summary>
    [Fact]
    public void Identifier_of_a_task_is_the_path_itself_behind_its_slash() =>
        Prop.ForAll(
            Gen.Elements([.. "aZ9-_.~ %/+;:@&=?#é\u4e00'(){}*\\\""]).NonEmptyListOf().Select(l => string.Concat(l)).ToArbitrary(),
            path =>
            {
                var identifier = new Identifiers("%2F{path}").Of(new PurgeSubject(Id, path, [], null, false, null, "1")).Single();

                Assert.Equal($"/{path}", identifier.Decoded);
                Assert.DoesNotContain('/', identifier.InUrl);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Asset_is_called_by_each_source_once_and_the_newest_is_current() =>
        Assert.Equal(
            [("s3://b/new", true), ("s3://b/old", false)],
            new Identifiers("{source}").Of(new PurgeSubject(Id, "p", ["s3://b/new", "s3://b/old", "s3://b/new"], null, false, null, "1")).Select(i => (i.Decoded, i.IsCurrent)));

    [Fact]
    public void Asset_without_a_known_source_is_called_nothing_by_sources() =>
        Assert.Empty(new Identifiers("{source}").Of(new PurgeSubject(Id, "p", [], null, false, null, "1")));

    [Theory]
    [InlineData(3, "full/500,375", "2048,1536,512,512/512,512")]
    [InlineData(2, "full/500,", "2048,1536,512,512/512,")]
    public void Probes_are_the_image_in_one_tile_and_a_tile_from_its_middle(int version, string overview, string detail)
    {
        var probes = ProbeTiles.Of(Image(version, 4000, 3000), ViewerProfile.B, new Decoding());

        Assert.Equal([$"{overview}/0/default.jpg", $"{detail}/0/default.jpg"], probes.Select(p => p.Path));
    }

    [Fact]
    public void Probe_that_would_have_a_huge_image_decoded_whole_is_left_for_one_of_a_part()
    {
        var probes = ProbeTiles.Of(Image(3, 40_000, 30_000), ViewerProfile.B, new Decoding());

        Assert.Equal(2, probes.Count);
        Assert.All(probes, p => Assert.True(new Decoding().Pixels(p) <= 50_000_000));
        Assert.StartsWith("full/", ProbeTiles.Of(Image(3, 40_000, 30_000), ViewerProfile.B, new Decoding(ReducesExactSizes: true, Reductions: 7))[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Small_image_has_one_probe() => Assert.Single(ProbeTiles.Of(Image(3, 200, 100), ViewerProfile.B, new Decoding()));

    [Fact]
    public void Infos_of_the_file_are_clean() => Assert.Null(Compare(Info(400, 300), Info(400, 300)).ShouldBe(new(400, 300)));

    [Fact]
    public void Image_that_servers_turn_upright_is_clean_the_other_way_round()
    {
        Assert.Null(Compare(Info(300, 400), Info(300, 400)).ShouldBe(new(400, 300)));
        Assert.IsType<Verdict.Stale>(Compare(shown: Info(400, 300), truth: Info(300, 400)).ShouldBe(new(400, 300)));
    }

    [Fact]
    public void Info_with_other_tiles_is_stale_though_its_size_is_right() =>
        Assert.Contains("other tiles", Stale(Compare(Info(400, 300, 256), Info(400, 300, 512)).ShouldBe(new(400, 300))), StringComparison.Ordinal);

    [Fact]
    public void Info_that_is_no_json_is_stale() => Assert.IsType<Verdict.Stale>(Compare(new(200, "text/html", null, "<html>"u8.ToArray()), Info(400, 300)).ShouldBe(new(400, 300)));

    [Fact]
    public void Gone_is_gone_with_and_without_caches()
    {
        var gone = new ServerAnswer(404, null, null, default);

        Assert.Null(Compare(gone, gone).ShouldBeGone());
        Assert.Contains("400x300", Stale(Compare(Info(400, 300), gone).ShouldBeGone()), StringComparison.Ordinal);
        Assert.Contains("still sees", Stale(Compare(gone, Info(400, 300)).ShouldBeGone()), StringComparison.Ordinal);
    }

    private static string Stale(Verdict? verdict) => Assert.IsType<Verdict.Stale>(verdict).Reason;

    private static InfoComparison Compare(ServerAnswer shown, ServerAnswer truth) => new("http://node/iiif/3/x/info.json", shown, truth);

    private static ServerAnswer Info(int width, int height, int tile = 512) =>
        new(200, "application/json", null, Encoding.UTF8.GetBytes(
            $$"""{"@context":"http://iiif.io/api/image/3/context.json","id":"http://x","type":"ImageService3","protocol":"http://iiif.io/api/image","profile":"level2","width":{{width}},"height":{{height}},"tiles":[{"width":{{tile}},"scaleFactors":[1,2]}]}"""));

    private static IiifImage Image(int version, int width, int height) => new()
    {
        Version = version, Id = "http://x", Width = width, Height = height, Profile = "level2", ScalesAtWill = true,
        Tiles = [new TileSet(512, 512, [1, 2, 4, 8, 16, 32, 64, 128])],
    };
}
