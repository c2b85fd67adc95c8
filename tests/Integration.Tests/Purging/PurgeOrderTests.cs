using System.Text.Json;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>What is fed is purged after what feeds it.</summary>
public sealed class PurgeOrderTests(PostgresServer postgres, FauxqsServer emulator, RealJp2 jp2s)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Fact]
    public async Task Stored_info_goes_when_the_nodes_are_clean_and_then_the_edge_and_then_the_webhook()
    {
        var (edgeIsAway, isSweeping) = (true, true);
        await using var edges = await HttpReceiver.StartAsync(request => request.Method == "BAN" && Volatile.Read(ref edgeIsAway) ? new(503) : new(200));
        var bucket = await emulator.NewBucketAsync();
        await using var world = await PurgingWorld.StartAsync(
            postgres, nodes: 1,
            settings:
            [
                $"Aws:ServiceUrl={emulator.ServiceUrl}", $"Sources:AllowedBuckets:0={bucket}", $"Purging:InfoJsonStore=s3://{bucket}/{{id}}/info/",
                $"Purging:Varnish:0:Url={edges.Address}", "Purging:Webhooks:0:Name=hook", $"Purging:Webhooks:0:Url={edges.Address}/hook",
            ]);
        await PutAsync(PurgingWorld.Small);
        await world.Worker.IngestAsync(Id, $"s3://{bucket}/source");
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 512);
        await emulator.PutAsync(bucket, $"{Id}/info/Cantaloupe/v3/info.json", "{}"u8.ToArray());
        var node = world.Nodes[0];
        node.Tasks.Script = _ => Volatile.Read(ref isSweeping) ? new TaskFault { RemovesNothing = true } : null;

        await PutAsync(PurgingWorld.Large);
        await world.Api.SendAsync([new SourceUpdated { Id = Id, Source = $"s3://{bucket}/source" }]);
        var stale = await world.SeenAsync(Id, v => v.Plan?.Reason?.Contains("512x512", StringComparison.Ordinal) == true);
        Assert.Contains(node.Address.Authority, stale.Plan!.Reason, StringComparison.Ordinal);
        Assert.Equal(2, await ObjectsAsync());
        Assert.Empty(edges.Received);

        Volatile.Write(ref isSweeping, false);
        await world.SeenAsync(Id, v => v.Plan?.Reason?.Contains(edges.Address, StringComparison.Ordinal) == true);
        Assert.Equal(1, await ObjectsAsync());
        Assert.DoesNotContain("POST", edges.Received.Select(r => r.Method));

        Volatile.Write(ref edgeIsAway, false);
        await world.SettledAsync(Id);
        Assert.Equal(["BAN", "POST"], edges.Received.TakeLast(2).Select(r => r.Method));
        await world.AssertServedAsync(Id, 1024);

        Task PutAsync(int bytes) => emulator.PutAsync(bucket, "source", SyntheticJp2.Bytes(bytes, 1));

        async Task<int> ObjectsAsync() => (await emulator.S3.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects.Count;
    }

    [Fact]
    public async Task Webhook_that_purges_the_nodes_comes_with_them_and_the_others_last()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => new(200));
        await using var world = await PurgingWorld.StartAsync(
            postgres, nodes: 1,
            settings:
            [
                "Purging:Webhooks:0:Name=last", $"Purging:Webhooks:0:Url={receiver.Address}/last",
                "Purging:Webhooks:1:Name=nodes", $"Purging:Webhooks:1:Url={receiver.Address}/nodes", "Purging:Webhooks:1:PurgesNodes=true",
            ]);
        await world.IngestAsync(Id, PurgingWorld.Small);
        await world.SettledAsync(Id);

        await world.ChangeAsync(Id, PurgingWorld.Large);
        await world.SettledAsync(Id, v => v.Copy?.Bytes == PurgingWorld.Large);

        Assert.Equal(["/nodes", "/nodes", "/last"], receiver.Received.Select(r => r.Target));
        // Known as one purge, however often it is told.
        Assert.Single(receiver.Received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("attempt").GetString()).Distinct());
    }

    [Fact]
    public async Task Real_image_server_that_only_a_webhook_can_empty_shows_the_new_image_when_the_plan_is_done()
    {
        IipServer? server = null;
        var isDeaf = true;
        await using var hook = await HttpReceiver.StartAsync(_ =>
        {
            if (!Volatile.Read(ref isDeaf))
                server!.EmptyCaches();
            return new(200);
        });
        await using var world = await PurgingWorld.StartAsync(postgres, nodes: 0, worker: false);
        await using var started = server = await IipServer.StartAsync(world.Copies.Store);
        await world.Copies.AddWorkerAsync(
        [
            .. world.Settings, $"Cantaloupe:Tiles:Nodes:0={server.Address.GetLeftPart(UriPartial.Authority)}", "Cantaloupe:Tiles:IdentifierTemplate={path}", "Cantaloupe:Tiles:HasTasks=false",
            "Warming:Versions=2", "Purging:Webhooks:0:Name=iip", $"Purging:Webhooks:0:Url={hook.Address}", "Purging:Webhooks:0:PurgesNodes=true",
        ]);
        Put(900, 700);
        await world.Worker.IngestAsync(Id, Copying.CopyWorld.Uri($"{Id}"));
        await world.SettledAsync(Id, v => v.Copy is not null);
        using var viewer = new HttpClient();
        Assert.Equal((900, 700), await SizeAsync());

        Put(600, 500);
        await world.Api.SendAsync([new SourceUpdated { Id = Id }]);
        var stale = await world.SeenAsync(Id, v => v.Plan?.Reason?.Contains("900x700", StringComparison.Ordinal) == true);
        Assert.Contains(server.Address.Authority, stale.Plan!.Reason, StringComparison.Ordinal);
        Assert.Equal((900, 700), await SizeAsync());

        Volatile.Write(ref isDeaf, false);
        await world.SettledAsync(Id);
        Assert.Equal((600, 500), await SizeAsync());

        void Put(int width, int height) => world.Copies.S3.Put(Copying.CopyWorld.Bucket, $"{Id}", jp2s.Make(width, height, "-n 5 -t 256,256 -r 10"));

        async Task<(int, int)> SizeAsync()
        {
            using var info = JsonDocument.Parse(await viewer.GetStringAsync(server.UrlOf($"{Id}.jp2", "info.json")));
            return (info.RootElement.GetProperty("width").GetInt32(), info.RootElement.GetProperty("height").GetInt32());
        }
    }
}
