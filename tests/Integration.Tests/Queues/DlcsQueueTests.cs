using Understudy.Aws;
using Understudy.Contracts;
using Understudy.Integration.Tests.Dlcs;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Queues;

/// <summary>DLCS's own notifications, through a topic as it has them, and its database beside them.</summary>
public sealed class DlcsQueueTests(PostgresServer postgres, FauxqsServer emulator)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Fact]
    public async Task Deletion_of_an_asset_that_DLCS_has_again_does_nothing()
    {
        await using var dlcs = await FakeDlcs.CreateAsync(postgres);
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: $"Dlcs:Database={dlcs.ConnectionString}");
        var (again, gone) = (Id, AssetId.Parse("2/5/gone"));
        await world.SendAsync(QueueWorld.Ingested(again, world.Put(again)), QueueWorld.Ingested(gone, world.Put(gone)));
        await PresentAsync(world, again);
        await PresentAsync(world, gone);
        await dlcs.PutAsync(again, s3: "s3://b/k");

        await PublishAsync(world, "Delete", Asset(again), Asset(gone));

        await Eventually.TrueAsync(async () => (await world.Worker.Api.FindAsync(gone))?.State == AssetState.Absent, "the other one gone");
        await world.EmptyAsync();
        Assert.Equal(AssetState.Present, (await world.Worker.Api.FindAsync(again))!.State);
    }

    [Fact]
    public async Task Update_is_waited_for_until_DLCS_has_ingested_and_then_copied_from_where_it_put_it()
    {
        await using var dlcs = await FakeDlcs.CreateAsync(postgres);
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: $"Dlcs:Database={dlcs.ConnectionString}");
        await world.SendAsync(QueueWorld.Ingested(Id, world.Put(Id)));
        var before = await PresentAsync(world, Id);
        await dlcs.PutAsync(Id, ingesting: true, s3: before.Source);

        await PublishAsync(world, "Update", $$"""{"assetBeforeUpdate":{{Inner(Id)}},"assetAfterUpdate":{{Inner(Id)}}}""", engineNotified: true);
        await world.Worker.WaitsAsync(Id, "");
        var source = world.Put(Id, seed: 2);
        await dlcs.PutAsync(Id, finished: TimeProvider.System.GetUtcNow().AddMinutes(1), s3: source);

        await Eventually.TrueAsync(async () => await world.Worker.Api.FindAsync(Id) is { State: AssetState.Present, Copy: { } copy } && copy.Checksum != before.Copy!.Checksum, "the new bytes copied");
    }

    [Fact]
    public async Task Completed_batch_has_all_of_its_images_copied()
    {
        await using var dlcs = await FakeDlcs.CreateAsync(postgres);
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: $"Dlcs:Database={dlcs.ConnectionString}");
        var ids = Enumerable.Range(0, 5).Select(i => AssetId.Parse($"2/5/image{i}")).ToArray();
        foreach (var id in ids)
            await dlcs.PutAsync(id, s3: world.Put(id), batch: 7);

        await world.SendAsync("""{"id":7,"customer":2,"count":5,"completed":5,"errors":0,"superseded":false,"submitted":"2026-11-22T07:00:00Z","finished":"2026-11-22T08:00:00Z"}""");

        foreach (var id in ids)
            await PresentAsync(world, id);
    }

    [Fact]
    public async Task Messages_stay_in_hand_while_DLCSs_database_is_away()
    {
        await using var dlcs = await FakeDlcs.CreateAsync(postgres);
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 5, settings: $"Dlcs:Database={dlcs.ConnectionString}");
        await dlcs.GoAwayAsync();

        await world.SendAsync(Asset(Id));
        await Eventually.TrueAsync(() => world.Faulty.Calls.GetValueOrDefault("ChangeMessageVisibilityBatch") > 3, "kept in hand");
        await dlcs.ComeBackAsync();

        await world.EmptyAsync();
        Assert.Equal(0, (await world.Sqs.DescribeAsync(world.DeadLettersUrl, CancellationToken.None)).Waiting);
        Assert.Equal(1, await world.Worker.QueryAsync<long>("select count(*) from asset where id = '2/5/foo' and deleted"));
    }

    [Fact]
    public async Task What_became_of_an_asset_is_published_to_a_topic_with_attributes_to_filter_by()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, workers: 0);
        var (topic, heard) = await world.MakeListenedTopicAsync();
        await world.AddWorkerAsync($"Publishing:Topic={topic}");

        await world.SendAsync(QueueWorld.Ingested(Id, world.Put(Id)));

        IReadOnlyList<SqsMessage> messages = [];
        await Eventually.TrueAsync(async () => (messages = await world.Sqs.ReceiveAsync(heard, 10, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), CancellationToken.None)).Count > 0, "published");
        var message = Assert.Single(messages);
        Assert.Equal(("AssetReady", "2", "5"), (message.Attributes["messageType"], message.Attributes["customer"], message.Attributes["space"]));
        Assert.StartsWith("""{"type":"AssetReady","id":"2/5/foo",""", System.Text.Encoding.UTF8.GetString(message.Body), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from outbox") == 0, "the outbox empty");
    }

    private static string Inner(AssetId id) => $$"""{"id":{"customer":{{id.Customer}},"space":{{id.Space}},"asset":"{{id.Asset}}"},"ingesting":false,"family":73,"mediaType":"image/tiff"}""";

    private static string Asset(AssetId id) => $$"""{"asset":{{Inner(id)}},"customerPathElement":{"id":2,"name":"acme"},"deleteFrom":["cdn"]}""";

    private static Task PublishAsync(QueueWorld world, string messageType, params string[] bodies) => PublishAsync(world, messageType, bodies, false);

    private static Task PublishAsync(QueueWorld world, string messageType, string body, bool engineNotified) => PublishAsync(world, messageType, [body], engineNotified);

    private static async Task PublishAsync(QueueWorld world, string messageType, string[] bodies, bool engineNotified)
    {
        var attributes = new Dictionary<string, string> { ["messageType"] = messageType };
        if (engineNotified)
            attributes["engineNotified"] = "True";
        Assert.Empty(await world.Sns.PublishAsync(await world.MakeTopicAsync(raw: false), [.. bodies.Select(b => new SnsMessage(b, attributes))], CancellationToken.None));
    }

    private static async Task<AssetView> PresentAsync(QueueWorld world, AssetId id)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await world.Worker.Api.FindAsync(id)) is { State: AssetState.Present }, $"{id} present");
        return view!;
    }
}
