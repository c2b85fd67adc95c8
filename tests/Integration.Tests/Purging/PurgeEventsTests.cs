using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Purging;

/// <summary>What is purged and what is not, what happens to a purge while other things happen, and what is said of it.</summary>
public sealed class PurgeEventsTests(PostgresServer postgres)
{
    private static readonly AssetId Id = AssetId.Parse("2/5/foo");

    [Fact]
    public async Task First_copy_and_unchanged_bytes_purge_nothing()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await IngestAsync(world, PurgingWorld.Small);
        await world.SettledAsync(Id, v => v.History.Any(h => h.What == "unchanged"));

        Assert.Empty(world.Nodes[0].Tasks.Accepted);
        Assert.Null((await world.SettledAsync(Id)).Purge);
    }

    [Fact]
    public async Task Ingest_that_brings_other_bytes_purges()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);

        await IngestAsync(world, PurgingWorld.Large);

        await world.AssertServedAsync(Id, 1024);
        Assert.NotNull((await world.SettledAsync(Id)).Purge!.DoneAt);
    }

    [Fact]
    public async Task Bytes_that_a_dead_worker_published_and_did_not_record_are_purged_when_the_source_went_back()
    {
        await using var world = await StartAsync("Plans:MaxAttempts=100");
        await IngestAsync(world, PurgingWorld.Small);
        world.Copies.S3.Script = FaultScript.Always(Fault.InternalError);
        await world.Worker.IngestAsync(Id, CopyWorld.Uri($"{Id}"));
        await world.SeenAsync(Id, v => v.Plan?.Attempts > 0);
        await world.Worker.QueryAsync<int?>($"update plan set formers = formers || gen_random_uuid() where asset_id = '{Id}'");
        await File.WriteAllBytesAsync(world.Copies.PathOf(Id), SyntheticJp2.Bytes(PurgingWorld.Large, 2));
        world.Nodes[0].Infos.PurgeHeap();
        world.Nodes[0].Derivatives.PurgeAll();
        await world.AssertServedAsync(Id, 1024);
        // The attempt under way may have looked at the file before.
        var attempts = (await world.Api.FindAsync(Id))!.Plan!.Attempts;
        await world.SeenAsync(Id, v => v.Plan!.Attempts >= attempts + 2);

        world.Copies.S3.Script = FaultScript.None;
        await world.SettledAsync(Id);

        Assert.Equal(PurgingWorld.Small, world.Copies.Stored(Id).Length);
        await world.AssertServedAsync(Id, 512);
    }

    [Fact]
    public async Task Asset_that_comes_back_after_its_deletion_is_served()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);
        await world.Api.DeleteAsync(Id);
        await world.SettledAsync(Id, v => v.Copy is null);

        await IngestAsync(world, PurgingWorld.Large);

        await world.AssertServedAsync(Id, 1024);
    }

    [Fact]
    public async Task Who_waits_for_the_copy_during_a_purge_has_it_at_once_and_the_purge_goes_on()
    {
        await using var world = await StartAsync();
        var gate = await HeldAsync(world);

        var view = await world.Worker.EnsureAsync(Id);

        Assert.Equal(PurgingWorld.Large, view.Copy!.Bytes);
        Assert.Equal("purge", (await world.Api.FindAsync(Id))!.Plan?.Stage);
        gate.Open();
        await world.SettledAsync(Id);
        await world.AssertServedAsync(Id, 1024);
        Assert.Equal(2, world.Nodes[0].Tasks.Accepted.Count);
    }

    [Fact]
    public async Task Newer_bytes_during_a_purge_are_copied_and_purged_for()
    {
        await using var world = await StartAsync();
        var gate = await HeldAsync(world);

        await world.ChangeAsync(Id, PurgingWorld.Small, seed: 3);
        await world.SeenAsync(Id, v => v is { Copy.Bytes: PurgingWorld.Small, Plan.Stage: "purge" });
        gate.Open();
        await world.SettledAsync(Id);

        await world.AssertServedAsync(Id, 512);
        Assert.Equal(["AssetReady", "AssetRefreshed"], await AnnouncedAsync(world));
    }

    [Fact]
    public async Task The_same_bytes_named_again_during_a_purge_let_it_go_on()
    {
        await using var world = await StartAsync();
        var gate = await HeldAsync(world);
        var round = await RoundAsync(world);

        await world.ChangeAsync(Id, PurgingWorld.Large, seed: 2);
        await world.SeenAsync(Id, v => v is { Plan.Stage: "purge" } && v.History.Any(h => h.What == "unchanged"));
        gate.Open();
        await world.SettledAsync(Id);

        Assert.Equal(round, await RoundAsync(world));
        await world.AssertServedAsync(Id, 1024);
        Assert.Equal(["AssetReady", "AssetRefreshed"], await AnnouncedAsync(world));
    }

    [Fact]
    public async Task Deletion_during_a_purge_ends_with_nothing_served()
    {
        await using var world = await StartAsync();
        var gate = await HeldAsync(world);

        await world.Api.DeleteAsync(Id);
        await world.SeenAsync(Id, v => v is { Copy: null, Plan.Stage: "purge" });
        gate.Open();
        var view = await world.SettledAsync(Id);

        Assert.Equal(AssetState.Absent, view.State);
        await world.AssertServedAsync(Id, null);
        Assert.Equal(["AssetReady", "AssetEvicted"], await AnnouncedAsync(world));
    }

    [Fact]
    public async Task Return_during_the_purge_of_a_deletion_ends_with_the_new_image_served()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);
        var gate = Hold(world);
        await world.Api.DeleteAsync(Id);
        await gate.ArrivedAsync(1);

        world.Copies.Put($"{Id}", PurgingWorld.Large, 2);
        await world.Worker.IngestAsync(Id, CopyWorld.Uri($"{Id}"));
        await world.SeenAsync(Id, v => v is { Copy: not null, Plan.Stage: "purge" });
        gate.Open();
        await world.SettledAsync(Id);

        await world.AssertServedAsync(Id, 1024);
        Assert.Equal(["AssetReady", "AssetEvicted", "AssetReady"], await AnnouncedAsync(world));
    }

    [Fact]
    public async Task Refreshed_is_said_once_and_not_before_the_purge_is_done()
    {
        await using var world = await StartAsync();
        var gate = await HeldAsync(world);
        Assert.Equal(["AssetReady"], await AnnouncedAsync(world));

        gate.Open();
        await world.SettledAsync(Id);

        Assert.Equal(["AssetReady", "AssetRefreshed"], await AnnouncedAsync(world));
        Assert.True(await world.Worker.QueryAsync<bool>("select (select at from told where type = 'AssetRefreshed') >= (select done_at from purge)"));
    }

    [Fact]
    public async Task Change_whose_purge_was_done_and_not_settled_is_said_by_the_plan_that_begins_anew()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);
        var gate = Hold(world);
        world.Copies.Put($"{Id}", PurgingWorld.Large, 2);
        await world.Worker.IngestAsync(Id, CopyWorld.Uri($"{Id}"));
        await gate.ArrivedAsync(1);
        await world.Copies.StopAsync(world.Worker);
        gate.Open();
        // As by a worker that died right after it had written down its last step.
        await using (var catalogue = NpgsqlDataSource.Create(world.Copies.Catalogue))
        {
            await using var connection = await catalogue.OpenConnectionAsync();
            await connection.ExecuteAsync("update purge set done_at = now()");
            await connection.ExecuteAsync("update plan set due_at = 'infinity', worker = null");
        }

        await world.Copies.AddWorkerAsync([.. world.Settings]);
        await world.Worker.IngestAsync(Id, CopyWorld.Uri($"{Id}"));
        await world.SettledAsync(Id);

        Assert.Equal(["AssetReady", "AssetReady"], await AnnouncedAsync(world));
    }

    [Theory]
    [InlineData(null, 2, 1, 1)]
    [InlineData("cdn", 0, 0, 1)]
    [InlineData("internalCache", 2, 1, 1)]
    [InlineData("", 0, 0, 1)]
    public async Task Deletion_is_told_to_the_caches_that_it_names_and_to_webhooks(string? deleteFrom, int nodes, int varnish, int webhooks)
    {
        await using var edges = await HttpReceiver.StartAsync(_ => new(200));
        await using var world = await StartAsync($"Purging:Varnish:0:Url={edges.Address}", "Purging:Webhooks:0:Name=hook", $"Purging:Webhooks:0:Url={edges.Address}/hook");
        await IngestAsync(world, PurgingWorld.Small);

        await world.Api.SendAsync([new AssetDeleted { Id = Id, DeleteFrom = deleteFrom?.Split(',', StringSplitOptions.RemoveEmptyEntries) }]);
        await world.SettledAsync(Id, v => v.Purge?.DoneAt is not null);

        Assert.Equal((nodes, varnish, webhooks), (world.Nodes[0].Tasks.Accepted.Count, edges.Received.Count(r => r.Method == "BAN"), edges.Received.Count(r => r.Method == "POST")));
    }

    [Fact]
    public async Task Asset_that_comes_back_after_a_deletion_that_spared_the_nodes_is_served()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);
        await world.Api.SendAsync([new AssetDeleted { Id = Id, DeleteFrom = ["cdn"] }]);
        await world.SettledAsync(Id, v => v.Copy is null);

        await IngestAsync(world, PurgingWorld.Large);

        await world.AssertServedAsync(Id, 1024);
    }

    [Fact]
    public async Task Event_that_asks_for_a_purge_purges_and_announces_nothing()
    {
        await using var world = await StartAsync();
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);

        await world.Api.SendAsync([new PurgeRequested { Id = Id, Reason = "rotten tiles" }, new PurgeRequested { Id = AssetId.Parse("9/9/never") }]);
        var view = await world.SettledAsync(Id, v => v.Purge?.DoneAt is not null);

        Assert.Equal(2, world.Nodes[0].Tasks.Accepted.Count);
        Assert.Contains(view.History, h => h.What == "purge asked for" && h.Detail?.EndsWith(": rotten tiles", StringComparison.Ordinal) == true);
        Assert.Null(await world.Api.FindAsync(AssetId.Parse("9/9/never")));
        Assert.Equal(["AssetReady"], await AnnouncedAsync(world));
    }

    [Fact]
    public async Task Key_that_may_publish_may_neither_purge_nor_ask_for_it_by_an_event()
    {
        await using var world = await StartAsync("Api:Keys:0:Name=dlcs", "Api:Keys:0:Key=publishing-key-000000", "Api:Keys:0:Role=publish");
        using var http = new HttpClient { BaseAddress = world.Worker.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "publishing-key-000000");
        var api = new UnderstudyClient(http);

        await api.SendAsync([new InfoJsonRequested { Id = Id }]);
        foreach (var beyond in new Func<Task>[]
        {
            () => api.SendAsync([new PurgeRequested { Id = Id }]), () => api.PurgeAsync(Id), () => api.BeginPurgeAsync(new PurgeRequest(Customer: 2)), () => api.PinAsync("2"), () => api.ScavengeAsync(),
        })
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<UnderstudyException>(beyond)).Status);
        Assert.Equal(5, world.Worker.Log.Count(l => l.Contains("Key dlcs with role", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CloudFront_is_told_by_number_and_by_name_and_waited_for()
    {
        var completed = false;
        await using var cloudFront = await HttpReceiver.StartAsync(request => new(200,
            $"""<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id><Status>{(Volatile.Read(ref completed) ? "Completed" : "InProgress")}</Status></Invalidation>"""));
        await using var world = await StartAsync("Purging:CloudFront:DistributionId=E1", "Purging:CloudFront:Paths:0=/iiif-img/{id}/*", $"Aws:ServiceUrl={cloudFront.Address}");
        var source = Path.Combine(world.Copies.Files, "foo.jp2");
        await File.WriteAllBytesAsync(source, SyntheticJp2.Bytes(PurgingWorld.Small, 1));
        await world.Api.SendAsync([new AssetIngested { Id = Id, Source = new Uri(source).ToString(), CustomerName = "wellcome" }]);
        await world.SettledAsync(Id, v => v.Copy is not null);
        await File.WriteAllBytesAsync(source, SyntheticJp2.Bytes(PurgingWorld.Large, 1));
        await world.Api.SendAsync([new SourceUpdated { Id = Id }]);

        var view = await world.SeenAsync(Id, v => v.Purge?.Targets.Any(t => t.Reason == "I1 is being carried out") == true);
        Assert.Equal("purge", view.Plan?.Stage);
        Volatile.Write(ref completed, true);
        await world.SettledAsync(Id, v => v.Purge?.DoneAt is not null);

        Assert.Contains("/iiif-img/2/5/foo/*</Path><Path>/iiif-img/wellcome/5/foo/*", Assert.Single(cloudFront.Received, r => r.Method == "POST").Text, StringComparison.Ordinal);
        Assert.InRange(cloudFront.Received.Count(r => r.Method == "GET"), 1, 3);
    }

    private async Task<PurgingWorld> StartAsync(params string[] settings)
    {
        var world = await PurgingWorld.StartAsync(postgres, nodes: 1, settings: ["Publishing:InMemory=true", "Cantaloupe:SettleTime=00:00:00.050", .. settings]);
        // A trigger keeps a second outbox, which the relay knows nothing of.
        await using var connection = await world.Worker.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await connection.ExecuteAsync("""
            create table told (number bigint generated always as identity, type text, at timestamptz default now());
            create function tell() returns trigger language plpgsql as $$ begin insert into told (type) values (new.type); return new; end $$;
            create trigger tells after insert on outbox for each row execute function tell();
            """);
        return world;
    }

    private static async Task IngestAsync(PurgingWorld world, int bytes)
    {
        world.Copies.Put($"{Id}", bytes);
        await world.Worker.IngestAsync(Id, CopyWorld.Uri($"{Id}"));
        await world.SettledAsync(Id, v => v.Copy?.Bytes == bytes);
    }

    /// <summary>The image has become a larger one, and its purge is held at the node.</summary>
    private static async Task<Gate> HeldAsync(PurgingWorld world)
    {
        await IngestAsync(world, PurgingWorld.Small);
        await world.AssertServedAsync(Id, 512);
        var gate = Hold(world);
        await world.ChangeAsync(Id, PurgingWorld.Large, seed: 2);
        await gate.ArrivedAsync(1);
        return gate;
    }

    private static Gate Hold(PurgingWorld world)
    {
        var gate = new Gate();
        world.Nodes[0].Tasks.Script = _ => new TaskFault { Gate = gate };
        return gate;
    }

    private static Task<Guid> RoundAsync(PurgingWorld world) => world.Worker.QueryAsync<Guid>("select round from purge");

    private static async Task<string[]> AnnouncedAsync(PurgingWorld world) =>
        await world.Worker.QueryAsync<string[]>("select coalesce(array_agg(type order by number), '{}') from told");
}
