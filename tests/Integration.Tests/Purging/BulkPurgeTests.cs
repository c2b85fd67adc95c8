using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;

namespace Understudy.Integration.Tests.Purging;

/// <summary>Many assets are purged with one call.</summary>
public sealed class BulkPurgeTests(PostgresServer postgres)
{
    private static readonly AssetId[] Ids = [.. Enumerable.Range(0, 6).Select(i => AssetId.Parse($"2/{(i < 4 ? 5 : 6)}/a{i}"))];

    [Fact]
    public async Task Purge_of_a_space_has_every_node_forget_its_assets_and_no_others()
    {
        await using var world = await WarmedAsync();
        var tasks = world.Nodes.Select(n => n.Tasks.Accepted.Count).ToArray();

        var begun = await world.Api.BeginPurgeAsync(new PurgeRequest(Customer: 2, Space: 5, Reason: "new watermark"));
        var over = await OverAsync(world, begun.Id);

        Assert.Equal((4, 4, 0, 0, "new watermark"), (over.Total, over.Done, over.Failed, over.Waiting, over.Reason));
        Assert.Equal(world.Nodes.Count, over.Progress!.Count);
        Assert.All(over.Progress, t => Assert.Equal((4, 0, 0), (t.Clean, t.UnderWay, t.Failing)));
        foreach (var (node, before) in world.Nodes.Zip(tasks))
        {
            var told = node.Tasks.Accepted.Skip(before).Select(t => t.Identifier).ToList();
            Assert.All(Ids.Take(4), id => Assert.Equal(2, told.Count(t => t == PurgingWorld.IdentifierOf(id))));
            Assert.DoesNotContain(PurgingWorld.IdentifierOf(Ids[4]), told);
        }

        foreach (var id in Ids.Take(4))
        {
            var view = await world.SettledAsync(id, v => v.Warmth?.WarmedAt is not null);
            Assert.Equal(["warmed", "purged", "purge asked for"], view.History.Select(h => h.What).Take(3));
            Assert.Contains("new watermark", view.History[2].Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Dry_run_says_what_would_be_done_and_does_nothing()
    {
        await using var world = await WarmedAsync();

        var preview = await world.Api.PreviewPurgeAsync(new PurgeRequest(Ids: [Ids[0], Ids[5], AssetId.Parse("9/9/never")], Targets: ["nodes"]));

        Assert.Equal((2, 1, 2), (preview.Assets, preview.Unknown, preview.Copies));
        Assert.Equal(world.Nodes.Select(n => $"tiles {n.Address.GetLeftPart(UriPartial.Authority)}").Order(), preview.Targets.Order());
        Assert.Equal([Ids[0], Ids[5]], preview.First);
        Assert.Empty(await world.Api.PurgesAsync());
        Assert.Null((await world.Api.FindAsync(Ids[0]))!.Purge);
    }

    [Fact]
    public async Task Only_chosen_targets_are_told()
    {
        await using var hook = await HttpReceiver.StartAsync(_ => new ScriptedAnswer(200, ""));
        await using var world = await WarmedAsync($"Purging:Webhooks:0:Name=them", $"Purging:Webhooks:0:Url={hook.Address}/told");
        var tasks = world.Nodes.Sum(n => n.Tasks.Accepted.Count);

        var over = await OverAsync(world, (await world.Api.BeginPurgeAsync(new PurgeRequest(Ids: [Ids[0], Ids[1], AssetId.Parse("9/9/never")], Targets: ["webhook them"], Warm: false))).Id);

        Assert.Equal((3, 2, 1), (over.Total, over.Done, over.Skipped));
        Assert.Equal(["webhook them"], over.Progress!.Select(t => t.Name));
        Assert.Equal(2, hook.Received.Count);
        Assert.Equal(tasks, world.Nodes.Sum(n => n.Tasks.Accepted.Count));
        Assert.Null((await world.SettledAsync(Ids[0])).Plan);
    }

    [Fact]
    public async Task Unknown_target_and_other_nonsense_is_refused()
    {
        await using var world = await WarmedAsync();

        foreach (var (request, said) in new[]
        {
            (new PurgeRequest(Customer: 2, Targets: ["varnsh"]), "'varnsh' is no target here; there are nodes"),
            (new PurgeRequest(Customer: 2, Targets: []), "at least one"),
            (new PurgeRequest(), "say what to purge"),
            (new PurgeRequest(Customer: 2, Ids: [Ids[0]]), "not both"),
            (new PurgeRequest(Ids: []), "from 1 to 1000000"),
            (new PurgeRequest(Customer: 2, Reason: "a\u0000b"), "reason must be"),
        })
        {
            var refused = await Assert.ThrowsAsync<UnderstudyException>(() => world.Api.BeginPurgeAsync(request));
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Same_key_asks_once_and_for_another_request_is_refused()
    {
        await using var world = await WarmedAsync();
        var request = new PurgeRequest(Customer: 2, Space: 6);

        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Api.BeginPurgeAsync(request, "once")));

        Assert.Single(begun.Select(b => b.Id).Distinct());
        Assert.Single(await world.Api.PurgesAsync());
        var refused = await Assert.ThrowsAsync<UnderstudyException>(() => world.Api.BeginPurgeAsync(request with { Space = 5 }, "once"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
    }

    [Fact]
    public async Task Recopy_reads_unchanged_sources_again_and_mends_the_copy_before_caches_forget()
    {
        await using var world = await WarmedAsync();
        var path = Path.Combine(world.Copies.Store, $"{Ids[0]}.jp2");
        var right = await File.ReadAllBytesAsync(path);
        var rotten = right.ToArray();
        rotten[^100] ^= 1;
        await File.WriteAllBytesAsync(path, rotten);

        await OverAsync(world, (await world.Api.BeginPurgeAsync(new PurgeRequest(Ids: [Ids[0], Ids[1]], Recopy: true))).Id);

        Assert.Equal(right, await File.ReadAllBytesAsync(path));
        var view = await world.SettledAsync(Ids[0], v => v.Warmth?.WarmedAt is not null);
        Assert.Equal(["warmed", "purged", "replaced", "purge asked for"], view.History.Select(h => h.What).Take(4));
    }

    [Fact]
    public async Task Node_that_is_away_is_named_and_the_purge_waits_for_it_and_a_cancelled_one_leaves_nothing()
    {
        await using var world = await WarmedAsync();
        var away = world.Nodes[1];
        await world.StopAsync(away);

        var begun = await world.Api.BeginPurgeAsync(new PurgeRequest(Customer: 2));
        BulkPurgeView? view = null;
        await Eventually.TrueAsync(async () => (view = await world.Api.PurgeAsync(begun.Id)).Progress!.Single(t => t.Name.EndsWith(away.Address.Authority, StringComparison.Ordinal)).Failing == 6
            && view.Progress!.Sum(t => t.Clean) == 12, "the others are clean, and this one is named");
        Assert.Null(view!.EndedAt);

        var cancelled = await world.Api.CancelPurgeAsync(begun.Id);
        Assert.NotNull(cancelled.CancelledAt);
        foreach (var id in Ids)
        {
            var asset = await world.SettledAsync(id);
            Assert.Null(asset.Purge!.DoneAt);
            Assert.NotNull(asset.Purge.CancelledAt);
        }
    }

    [Fact]
    public async Task Cancelling_leaves_what_a_changed_source_is_owed()
    {
        await using var world = await WarmedAsync();
        var away = world.Nodes[1];
        await world.StopAsync(away);
        await world.ChangeAsync(Ids[0], PurgingWorld.Large);
        await world.SeenAsync(Ids[0], v => v.Purge is { DoneAt: null } && v.Copy?.Bytes == PurgingWorld.Large);

        var begun = await world.Api.BeginPurgeAsync(new PurgeRequest(Customer: 2, Targets: [$"tiles {world.Nodes[0].Address.GetLeftPart(UriPartial.Authority)}"]));
        await Eventually.TrueAsync(async () => (await world.Api.PurgeAsync(begun.Id)).Done == 5, "all but one");
        await world.Api.CancelPurgeAsync(begun.Id);

        Assert.NotNull((await world.Api.FindAsync(Ids[0]))!.Plan);
        await world.StartAgainAsync(away);
        var view = await world.SettledAsync(Ids[0], v => v.Purge?.DoneAt is not null);
        Assert.Equal(3, view.Purge!.Targets.Count);
        await world.AssertServedAsync(Ids[0], 1024);
    }

    [Fact]
    public async Task Worker_that_takes_over_goes_on_with_a_bulk_purge()
    {
        await using var world = await WarmedAsync();
        var away = world.Nodes[2];
        await world.StopAsync(away);
        var begun = await world.Api.BeginPurgeAsync(new PurgeRequest(Customer: 2));
        await Eventually.TrueAsync(async () => (await world.Api.PurgeAsync(begun.Id)).Progress!.Sum(t => t.Clean) > 0, "under way");

        await world.ReplaceWorkerAsync();
        await world.StartAgainAsync(away);

        Assert.Equal(6, (await OverAsync(world, begun.Id)).Done);
    }

    [Fact]
    public async Task Command_line_purges_one_and_many_shows_and_cancels()
    {
        await using var world = await WarmedAsync();
        var list = Path.Combine(world.Copies.Store, "..", "list.txt");
        await File.WriteAllLinesAsync(list, Ids.Take(2).Select(i => $"{i}"));

        var one = await CommandLine.RunAsync(world.Worker, "purge", $"{Ids[0]}", "--reason", "rotten tiles");
        Assert.Equal((0, ""), (one.Code, one.Error));
        Assert.Contains("rotten tiles", (await world.Api.FindAsync(Ids[0]))!.History.First(h => h.What == "purge asked for").Detail, StringComparison.Ordinal);

        var preview = await CommandLine.RunAsync(world.Worker, "purge", "--customer", "2", "--space", "5", "--dry-run");
        Assert.Contains("4 assets would be purged, 4 of them with a copy", preview.Output, StringComparison.Ordinal);

        var many = await CommandLine.RunAsync(world.Worker, "purge", "--file", list, "--target", "nodes", "--no-warm", "--wait");
        Assert.Equal((0, ""), (many.Code, many.Error));
        Assert.Contains("over", many.Output, StringComparison.Ordinal);

        var id = (await world.Api.PurgesAsync()).Single().Id;
        Assert.Contains($"{id}", (await CommandLine.RunAsync(world.Worker, "purges")).Output, StringComparison.Ordinal);
        Assert.Contains("tiles http://127.0.0.1", (await CommandLine.RunAsync(world.Worker, "purges", $"{id}")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandLine.RunAsync(world.Worker, "purges", "cancel", $"{id}")).Code);
        Assert.Null((await world.Api.PurgeAsync(id)).CancelledAt);

        var wrong = await CommandLine.RunAsync(world.Worker, "purge", "--customer", "2", "--target", "nope");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("'nope' is no target here", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CommandLine.RunAsync(world.Worker, "purge")).Code);
    }

    private async Task<PurgingWorld> WarmedAsync(params string[] settings)
    {
        var world = await PurgingWorld.StartAsync(postgres, settings: settings);
        foreach (var (i, id) in Ids.Index())
            await world.IngestAsync(id, PurgingWorld.Small, seed: i + 1);
        foreach (var id in Ids)
            await world.SettledAsync(id, v => v.Warmth?.WarmedAt is not null);
        return world;
    }

    private static async Task<BulkPurgeView> OverAsync(PurgingWorld world, Guid id)
    {
        BulkPurgeView? view = null;
        await Eventually.TrueAsync(async () => (view = await world.Api.PurgeAsync(id)).EndedAt is not null, "over");
        return view!;
    }
}
