using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Understudy.Aws;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Queues;

/// <summary>Against a real SQS server (fauxqs), with a proxy before it that misbehaves where a test asks for it.</summary>
public sealed class QueueTests(PostgresServer postgres, FauxqsServer emulator)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Fact]
    public async Task Event_in_a_queue_ends_as_a_copy_and_leaves_the_queue()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        await world.SendAsync(QueueWorld.Ingested(Id, world.Put(Id)));

        await IsPresentAsync(world, Id);
        await world.EmptyAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Event_published_to_a_topic_arrives_with_its_attributes_raw_or_in_an_envelope(bool raw)
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        var topic = await world.MakeTopicAsync(raw);
        var delete = """{"asset":{"id":{"customer":2,"space":5,"asset":"gone"}},"customerPathElement":{"id":2,"name":"acme"},"deleteFrom":["cdn"]}""";

        Assert.Empty(await world.Sns.PublishAsync(topic, [
            new SnsMessage(QueueWorld.Ingested(Id, world.Put(Id)), new Dictionary<string, string>()),
            new SnsMessage(delete, new Dictionary<string, string> { ["messageType"] = "Delete" }),
        ], CancellationToken.None));

        await IsPresentAsync(world, Id);
        await Eventually.TrueAsync(async () => await world.Worker.QueryAsync<long>("select count(*) from asset where id = '2/5/gone' and deleted") == 1, "the deletion known");
        await world.EmptyAsync();
    }

    [Fact]
    public async Task Ten_hits_an_asset_that_is_there_only_count()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        await world.SendAsync(QueueWorld.Ingested(Id, world.Put(Id)));
        await IsPresentAsync(world, Id);

        await world.SendAsync([.. Enumerable.Repeat(QueueWorld.Hit(Id), 100)]);

        await Eventually.TrueAsync(async () => await HitsAsync(world) == 100, "a hundred hits counted");
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from plan"));
        await world.EmptyAsync();
        Assert.Equal(100, await HitsAsync(world));
    }

    [Fact]
    public async Task What_can_not_be_understood_goes_to_the_dead_letters_and_holds_up_nobody()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: "Messaging:Queues:0:Concurrency=2");
        string[] poison = ["not JSON at all", """{"hello":"world"}""", """{"type":"AssetIngested","id":"2/5"}""", """{"type":"AssetIngested","id":"2/5/a","source":""}"""];

        await world.SendAsync([.. poison, .. Enumerable.Repeat(QueueWorld.Hit(Id), 20)]);

        await Eventually.TrueAsync(async () => await HitsAsync(world) == 20, "the sound ones counted");
        Assert.Equal(poison.Order(), (await world.DeadLettersAsync(4)).Order());
        Assert.Contains(world.Worker.Log, l => l.Contains("is refused", StringComparison.Ordinal) && l.Contains("It begins: not JSON at all", StringComparison.Ordinal));
        Assert.Contains(world.Worker.Log, l => l.Contains("goes to the dead letters after 3 deliveries", StringComparison.Ordinal));
        await world.EmptyAsync();
    }

    [Fact]
    public async Task Message_that_takes_longer_than_its_visibility_timeout_is_worked_on_once()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 3);
        await using (await BlockAsync(world))
        {
            await world.SendAsync(QueueWorld.Hit(Id), QueueWorld.Hit(Id));
            await RenewedAsync(world, 5);
        }

        await world.EmptyAsync();
        Assert.Equal(2, await HitsAsync(world));
    }

    [Fact]
    public async Task Renewal_survives_throttling_errors_and_broken_connections()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 8);
        world.Faulty.Script = (action, n) => action != "ChangeMessageVisibilityBatch" ? null : (n % 5) switch
        {
            1 => Misdeed.Refuse.Throttling,
            2 => new Misdeed.Refuse(HttpStatusCode.InternalServerError, "InternalFailure"),
            3 => new Misdeed.BreakOff(AfterTheWork: false),
            4 => new Misdeed.FailEntry("InternalError", SenderFault: false),
            _ => null,
        };
        await using (await BlockAsync(world))
        {
            await world.SendAsync(QueueWorld.Hit(Id));
            await RenewedAsync(world, 12);
        }

        await world.EmptyAsync();
        Assert.Equal(1, await HitsAsync(world));
    }

    [Fact]
    public async Task Entry_that_was_not_deleted_is_deleted_again_and_the_others_only_once()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        world.Faulty.Script = (action, n) => action == "DeleteMessageBatch" && n == 1 ? new Misdeed.FailEntry("InternalError", SenderFault: false)
            : action == "DeleteMessageBatch" && n == 2 ? new Misdeed.BreakOff(AfterTheWork: true)
            : null;

        await world.SendAsync([.. Enumerable.Repeat(QueueWorld.Hit(Id), 10)]);

        await world.EmptyAsync();
        Assert.Equal(10, await HitsAsync(world));
    }

    [Fact]
    public async Task Receiving_goes_on_after_errors_without_a_hot_loop()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: "Messaging:Queues:0:Concurrency=10");
        await Eventually.TrueAsync(() => world.Faulty.Calls.GetValueOrDefault("ReceiveMessage") > 0, "a poll");
        var since = world.Faulty.Calls["ReceiveMessage"];
        world.Faulty.Script = (action, n) => action == "ReceiveMessage" && n < since + 3 ? new Misdeed.Refuse(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "later") : null;

        await world.SendAsync(QueueWorld.Hit(Id));
        await Eventually.TrueAsync(async () => await HitsAsync(world) == 1, "the hit counted");

        Assert.InRange(world.Faulty.Calls["ReceiveMessage"], since, since + 8);
    }

    [Fact]
    public async Task Messages_stay_in_hand_while_the_catalogue_is_away_and_are_not_delivered_again()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 5);
        var database = new NpgsqlConnectionStringBuilder(world.Catalogue).Database;
        await postgres.ExecuteAsync($"alter database {database} with allow_connections false");
        await postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        await world.SendAsync(QueueWorld.Hit(Id));
        await RenewedAsync(world, 4);
        await postgres.ExecuteAsync($"alter database {database} with allow_connections true");

        await Eventually.TrueAsync(async () => await HitsAsync(world) == 1, "the hit counted");
        await world.EmptyAsync();
        Assert.Equal(0, (await world.Sqs.DescribeAsync(world.DeadLettersUrl, CancellationToken.None)).Waiting);
    }

    [Fact]
    public async Task Catalogue_that_is_broken_does_not_send_sound_messages_to_the_dead_letters()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        await world.Worker.QueryAsync<int?>("alter table asset rename to lost");
        await world.SendAsync(QueueWorld.Hit(Id), QueueWorld.Hit(Id));
        await Eventually.TrueAsync(() => world.Worker.Log.Count(l => l.Contains("(delivery 1) failed", StringComparison.Ordinal)) == 2, "both failed");
        await world.Worker.QueryAsync<int?>("alter table lost rename to asset");

        await Eventually.TrueAsync(async () => await HitsAsync(world) == 2, "both counted");
        await world.EmptyAsync();
        Assert.Equal(0, (await world.Sqs.DescribeAsync(world.DeadLettersUrl, CancellationToken.None)).Waiting);
    }

    [Fact]
    public async Task Stopping_worker_gives_back_what_it_could_not_finish_at_once_and_loses_nothing()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, visibility: 600, settings: "Messaging:DrainTime=00:00:00.200");
        await using (await BlockAsync(world))
        {
            await world.SendAsync([.. Enumerable.Range(0, 30).Select(i => QueueWorld.Hit(AssetId.Parse($"2/5/{i}")))]);
            await Eventually.TrueAsync(async () => await world.Sqs.DescribeAsync(world.QueueUrl, CancellationToken.None) is { Waiting: 0, InFlight: 30 }, "all in hand");
            await world.StopAsync(world.Worker);
            Assert.Equal((30, 0), await world.Sqs.DescribeAsync(world.QueueUrl, CancellationToken.None) is var q ? (q.Waiting, q.InFlight) : default);
        }

        await world.AddWorkerAsync();
        await world.EmptyAsync();
        Assert.Equal(30, await world.Worker.QueryAsync<long>("select count(*) from asset"));
    }

    [Fact]
    public async Task Two_workers_on_one_queue_do_each_message_once()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, workers: 2);
        await world.SendAsync([.. Enumerable.Range(0, 600).Select(i => QueueWorld.Hit(AssetId.Parse($"2/5/{i % 50}")))]);

        await world.EmptyAsync();
        Assert.Equal(600, await world.Worker.QueryAsync<decimal>("select sum(hits) from asset"));
        Assert.Equal(50, await world.Worker.QueryAsync<long>("select count(*) from asset"));
    }

    [Fact]
    public async Task Queue_that_is_missing_is_told_with_what_to_do_and_makes_the_worker_not_ready()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: "Messaging:Queues:1:Name=nowhere");

        await Eventually.TrueAsync(async () => (await world.Worker.Api.QueuesAsync())[1].Fault?.Contains("there is no queue 'nowhere' in us-east-1", StringComparison.Ordinal) == true, "told");
        using var http = new HttpClient { BaseAddress = world.Worker.Address };
        using var ready = await http.GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("Messaging:CreateQueues", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The other queue is read all the same.
        await world.SendAsync(QueueWorld.Hit(Id));
        await Eventually.TrueAsync(async () => await HitsAsync(world) == 1, "the hit counted");
    }

    [Fact]
    public async Task Missing_queue_is_made_with_dead_letters_where_that_is_allowed()
    {
        var name = $"new-{Guid.NewGuid():n}";
        await using var world = await QueueWorld.StartAsync(postgres, emulator, settings: ["Messaging:CreateQueues=true", $"Messaging:Queues:0:Name={name}"]);

        await Eventually.TrueAsync(async () => (await world.Worker.Api.QueuesAsync())[0] is { Fault: null, MaxDeliveries: 5 }, "made");

        var url = await world.Sqs.FindUrlAsync(name, CancellationToken.None);
        Assert.EndsWith($"{name}-dead", (await world.Sqs.DescribeAsync(url, CancellationToken.None)).DeadLetters, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Depth_is_in_the_api_and_in_the_metrics()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        await world.SendAsync(QueueWorld.Hit(Id));
        await Eventually.TrueAsync(async () => await HitsAsync(world) == 1, "the hit counted");

        var queue = (await world.Worker.Api.QueuesAsync()).Single();
        Assert.Equal((world.Queue, null, 3), (queue.Name, queue.Fault, queue.MaxDeliveries));
        Assert.NotNull(queue.LagSeconds);
        using var http = new HttpClient { BaseAddress = world.Worker.Address };
        var metrics = await http.GetStringAsync("metrics");
        Assert.Contains($"understudy_queue_depth{{queue=\"{world.Queue}\",state=\"waiting\"}}", metrics, StringComparison.Ordinal);
        Assert.Contains($"understudy_queue_readable{{queue=\"{world.Queue}\"}} 1", metrics, StringComparison.Ordinal);
    }

    private static Task IsPresentAsync(QueueWorld world, AssetId id) => Eventually.TrueAsync(
        async () => (await world.Worker.Api.FindAsync(id))?.State == AssetState.Present, $"{id} present");

    private static Task<long> HitsAsync(QueueWorld world) => world.Worker.QueryAsync<long>("select coalesce((select hits from asset where id = @id), 0)", new { id = Id.ToString() });

    private static Task RenewedAsync(QueueWorld world, int calls) => Eventually.TrueAsync(
        () => world.Faulty.Calls.GetValueOrDefault("ChangeMessageVisibilityBatch") >= calls, $"{calls} renewals asked for");

    /// <summary>Until it is disposed of, no event can be committed.</summary>
    private static async Task<IAsyncDisposable> BlockAsync(QueueWorld world)
    {
        var connection = await world.Worker.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var command = new NpgsqlCommand("begin; lock table asset in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
