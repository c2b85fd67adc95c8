using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Purging.Targets;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>What a node shows, whatever it says that it has done.</summary>
public sealed class NodeVerificationTests(RealJp2 jp2s) : IAsyncLifetime
{
    private NodeWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await NodeWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Node_that_has_seen_nothing_is_clean() =>
        Assert.Null(Assert.IsType<Verdict.Clean>(await _world.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset))).Remark);

    [Fact]
    public async Task Dimensions_of_the_old_file_are_stale_until_they_are_purged()
    {
        await _world.ViewAsync();
        _world.Replace(2000, 1000);
        var subject = Subjects.Refreshed(NodeWorld.Asset, 2000, 1000);

        var reason = Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject)).Reason;
        Assert.Contains("2000x1000", reason, StringComparison.Ordinal);
        Assert.Contains("4000x3000", reason, StringComparison.Ordinal);
        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));
        Assert.IsType<Verdict.Clean>(await _world.VerifyAsync(subject));
    }

    [Fact]
    public async Task Look_at_sizes_sees_dimensions_of_the_old_file_and_has_no_picture_made()
    {
        await _world.ViewAsync();
        _world.Replace(2000, 1000);
        var subject = Subjects.Refreshed(NodeWorld.Asset, 2000, 1000);
        var decoded = _world.Node.Traffic.Decoded;

        Assert.IsType<Verdict.Stale>(await _world.Target().VerifyAsync(subject, Scrutiny.Sizes, default));
        await _world.PurgeAsync(subject);
        Assert.IsType<Verdict.Clean>(await _world.Target().VerifyAsync(subject, Scrutiny.Sizes, default));
        Assert.Equal(decoded, _world.Node.Traffic.Decoded);
    }

    [Fact]
    public async Task Picture_of_the_old_file_is_stale_though_its_size_is_the_same()
    {
        await _world.ViewAsync();
        _world.Replace(4000, 3000, look: 2);
        var subject = Subjects.Refreshed(NodeWorld.Asset);

        Assert.Contains("is another picture", Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject)).Reason, StringComparison.Ordinal);
        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));
        Assert.IsType<Verdict.Clean>(await _world.VerifyAsync(subject));
    }

    [Fact]
    public async Task Purge_during_a_sweep_is_done_and_leaves_it_stale()
    {
        await _world.ViewAsync();
        _world.Replace(4000, 3000, look: 2);
        _world.Node.Derivatives.SweepIsRunning = true;
        var subject = Subjects.Refreshed(NodeWorld.Asset);

        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));
        Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject));
    }

    [Fact]
    public async Task Heap_that_survives_its_purge_is_stale()
    {
        await _world.ViewAsync();
        _world.Replace(2000, 1000);
        _world.Node.Infos.HeapSurvives = true;
        var subject = Subjects.Refreshed(NodeWorld.Asset, 2000, 1000);

        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));
        Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject));
    }

    [Fact]
    public async Task Tile_that_was_in_flight_during_the_purge_is_seen_when_it_is_back()
    {
        var gate = new Gate();
        _world.Node.Script = CantaloupeScript.Images(CantaloupeScript.First(1, CantaloupeFault.Held(gate)));
        var inFlight = _world.GetAsync(3, "full/500,375/0/default.jpg");
        await gate.ArrivedAsync(1);
        _world.Replace(4000, 3000, look: 2);
        var subject = Subjects.Refreshed(NodeWorld.Asset);
        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));

        gate.Open();
        await inFlight;

        Assert.Contains("full/500,375", Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_that_does_not_see_the_new_file_yet_is_stale() =>
        Assert.Contains("cache=false", Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset, 2000, 1000))).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Deleted_asset_is_clean_only_when_file_and_caches_are_gone()
    {
        await _world.ViewAsync();
        var subject = Subjects.Deleted(NodeWorld.Asset);

        Assert.Contains("still sees the file", Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject)).Reason, StringComparison.Ordinal);
        _world.Files.Delete(NodeWorld.Identifier);
        Assert.Contains("4000x3000", Assert.IsType<Verdict.Stale>(await _world.VerifyAsync(subject)).Reason, StringComparison.Ordinal);
        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(subject));
        Assert.IsType<Verdict.Clean>(await _world.VerifyAsync(subject));
    }

    [Fact]
    public async Task Source_that_outlives_its_asset_does_not_keep_a_full_node_from_being_clean()
    {
        _world.Cluster.IdentifierTemplate = "{source}";
        _world.Files.Put("s3://b/k", 400, 300);
        var full = _world.Target(TargetKind.FullNode);

        Assert.IsType<Verdict.Clean>(await full.VerifyAsync(Subjects.Deleted("2/5/a", "s3://b/k"), Scrutiny.Thorough, default));
        _world.Files.Delete("s3://b/k");
        Assert.IsType<Verdict.Stale>(await full.VerifyAsync(Subjects.Deleted("2/5/a", "s3://b/k"), Scrutiny.Thorough, default));
    }

    [Fact]
    public async Task Former_source_may_be_gone_while_the_new_one_is_there()
    {
        _world.Cluster.IdentifierTemplate = "{source}";
        _world.Files.Put("s3://b/new", 400, 300);

        Assert.IsType<Verdict.Clean>(await _world.Target(TargetKind.FullNode).VerifyAsync(Subjects.Refreshed("2/5/a", 400, 300, "s3://b/new", "s3://b/old"), Scrutiny.Thorough, default));
    }

    [Fact]
    public async Task Encoder_that_never_makes_the_same_bytes_is_clean_with_a_remark()
    {
        byte number = 0;
        _world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(new CantaloupeFault { Alter = body => [0xFF, 0xD8, 0xFF, 0xFE, 0, 3, ++number, .. body.AsSpan(2)] }));

        Assert.Contains("only its size", Assert.IsType<Verdict.Clean>(await _world.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset))).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_that_is_down_or_failing_is_away()
    {
        Assert.IsType<Verdict.Away>(await _world.TargetAt("http://127.0.0.1:1").VerifyAsync(Subjects.Refreshed(NodeWorld.Asset), Scrutiny.Thorough, default));
        _world.Node.Script = CantaloupeScript.Images(CantaloupeScript.Always(CantaloupeFault.ServerError));
        Assert.IsType<Verdict.Away>(await _world.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset)));
        _world.Node.Script = CantaloupeScript.Always(CantaloupeFault.Overloaded(TimeSpan.FromSeconds(1)));
        Assert.IsType<Verdict.Away>(await _world.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset)));
    }

    [Fact]
    public async Task Real_image_server_is_stale_after_its_file_was_replaced_and_clean_when_its_caches_were_emptied()
    {
        using var images = new TempFolder();
        void Put(int width, int height)
        {
            var path = Path.Combine(images.Path, "2/5/a.jp2");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, jp2s.Make(width, height, "-n 5 -t 256,256 -r 10"));
        }

        Put(900, 700);
        await using var server = await IipServer.StartAsync(images.Path);
        (_world.Cluster.IdentifierTemplate, _world.Cluster.HasTasks) = ("{path}", false);
        var target = _world.TargetAt(server.Address.GetLeftPart(UriPartial.Authority), versions: "2");
        Assert.IsType<Verdict.Clean>(await target.VerifyAsync(Subjects.Refreshed(NodeWorld.Asset, 900, 700), Scrutiny.Thorough, default));

        Put(600, 500);
        var subject = Subjects.Refreshed(NodeWorld.Asset, 600, 500);
        Assert.Contains("900x700", Assert.IsType<Verdict.Stale>(await target.VerifyAsync(subject, Scrutiny.Thorough, default)).Reason, StringComparison.Ordinal);

        server.EmptyCaches();
        await Eventually.TrueAsync(async () => await target.VerifyAsync(subject, Scrutiny.Thorough, default) is Verdict.Clean, "clean");
    }
}
