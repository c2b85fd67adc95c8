using System.Net;
using System.Net.Http.Json;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

public sealed class AssetsEndpointsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Ensured_asset_is_copied_once_and_then_answered_from_the_catalogue()
    {
        var (id, source) = world.NewAsset();
        await world.Worker.IngestAsync(id, source);

        using var response = await world.SendAsync(HttpMethod.Put, $"{Path(id)}?wait=1m");
        var view = (await response.Content.ReadFromJsonAsync<AssetView>(Wire.Json))!;
        var again = await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Put, Path(id));

        Assert.Equal((HttpStatusCode.OK, AssetState.Present), (response.StatusCode, view.State));
        Assert.Equal(view.Copy!.ETag, response.Headers.ETag?.ToString());
        Assert.True(File.Exists(world.PathOf(id)));
        Assert.Equal(view.Copy, again.Copy);
        await Eventually.TrueAsync(async () => (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Get, Path(id))).Use.Hits == 2, "both counted");
    }

    [Fact]
    public async Task Three_hundred_that_wait_for_one_asset_cost_one_copy_and_all_get_it()
    {
        var (id, source) = world.NewAsset(bytes: 3_000_000);
        await world.Worker.IngestAsync(id, source, Lane.Bulk);

        var all = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => world.ViewAsync(HttpStatusCode.OK, HttpMethod.Put, $"{Path(id)}?wait=1m")));

        Assert.All(all, view => Assert.Equal(3_000_000, view.Copy!.Bytes));
        var history = (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Get, Path(id))).History;
        Assert.Equal(1, history.Count(h => h.What == "copied"));
    }

    [Fact]
    public async Task Copy_that_the_store_has_lost_is_made_again()
    {
        var (id, source) = world.NewAsset();
        await world.Worker.CopyAsync(id, source);
        File.Delete(world.PathOf(id));

        Assert.Equal(AssetState.Present, (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Put, $"{Path(id)}?wait=1m")).State);

        Assert.True(File.Exists(world.PathOf(id)));
    }

    [Fact]
    public async Task Source_that_is_not_there_is_404_and_one_that_is_no_image_422()
    {
        var (gone, source) = world.NewAsset();
        File.Delete(new Uri(source).LocalPath);
        var (bad, garbage) = world.NewAsset();
        await File.WriteAllTextAsync(new Uri(garbage).LocalPath, new string('x', 1000));
        await world.Worker.IngestAsync(gone, source);
        await world.Worker.IngestAsync(bad, garbage);

        await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"{Path(gone)}?wait=1m");
        await world.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"{Path(bad)}?wait=1m");
    }

    [Fact]
    public async Task Update_that_is_no_image_leaves_the_older_copy_and_says_so()
    {
        var (id, source) = world.NewAsset();
        var before = (await world.Worker.CopyAsync(id, source)).Copy!;
        await File.WriteAllTextAsync(new Uri(source).LocalPath, new string('x', 1000));
        await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Post, $"{Path(id)}/refresh");

        var view = await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Put, $"{Path(id)}?wait=1m");

        Assert.Equal((AssetState.Dead, Contracts.Fault.BadSource), (view.State, view.Plan!.Fault));
        Assert.Equal(before.Checksum, view.Copy!.Checksum);
        File.Delete(world.PathOf(id));
        await world.ProblemAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Put, $"{Path(id)}?wait=1m");
    }

    [Fact]
    public async Task Asset_without_a_source_is_404_with_what_to_do() =>
        Assert.Contains("no source is known", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, "/api/v1/assets/7/5/sourceless?wait=1m"), StringComparison.Ordinal);

    [Fact]
    public async Task Ensure_without_a_wait_answers_at_once_with_the_plan()
    {
        var (id, _) = world.NewAsset();
        await world.Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) values (@id, 7, 1, 1);
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values (@id, 7, 'present', 'copy', 1, 1, '2100-01-01') returning 1
            """, new { id = id.ToString() });

        var view = await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Put, Path(id));

        Assert.Equal((AssetState.Pending, Lane.Hit, 1), (view.State, view.Plan!.Lane, view.Use.Hits));
    }

    [Fact]
    public async Task Deleted_asset_is_gone_and_comes_back_only_by_an_event()
    {
        var (id, source) = world.NewAsset();
        await world.Worker.CopyAsync(id, source);

        Assert.Equal(Goal.Absent, (await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Delete, Path(id))).Plan?.Goal ?? Goal.Absent);
        Assert.Equal(AssetState.Absent, (await world.Worker.SettledAsync(id)).State);

        Assert.False(File.Exists(world.PathOf(id)));
        Assert.Contains("was deleted", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"{Path(id)}?wait=1m"), StringComparison.Ordinal);
        Assert.Equal(AssetState.Present, (await world.Worker.CopyAsync(id, source)).State);
    }

    [Fact]
    public async Task Refresh_looks_at_the_source_again()
    {
        var (id, source) = world.NewAsset();
        await world.Worker.CopyAsync(id, source);
        var (_, other) = world.NewAsset(bytes: 9_000);
        File.Copy(new Uri(other).LocalPath, new Uri(source).LocalPath, overwrite: true);

        await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Post, $"{Path(id)}/refresh");

        await Eventually.TrueAsync(async () => (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Get, Path(id))).Copy?.Bytes == 9_000, "replaced");
    }

    [Fact]
    public async Task Retry_revives_a_dead_plan_and_is_404_where_there_is_none()
    {
        var (id, source) = world.NewAsset();
        var file = new Uri(source).LocalPath;
        File.Move(file, file + ".away");
        Assert.Equal(AssetState.Dead, (await world.Worker.CopyAsync(id, source)).State);
        File.Move(file + ".away", file);

        await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Post, $"{Path(id)}/retry");

        await Eventually.TrueAsync(async () => (await world.ViewAsync(HttpStatusCode.OK, HttpMethod.Get, Path(id))).State == AssetState.Present, "copied");
        Assert.Contains("no plan", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"{Path(id)}/retry"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7/5/..%2Ffoo", "slash")]
    [InlineData("7/5/a%2fb", "slash")]
    [InlineData("-1/5/foo", "customer '-1'")]
    [InlineData("07/5/foo", "customer '07'")]
    [InlineData("2147483648/5/foo", "customer '2147483648'")]
    [InlineData("x/5/foo", "customer 'x'")]
    [InlineData("7/+5/foo", "space '+5'")]
    [InlineData("7/5/a%00b", "control characters")]
    [InlineData("7/5/a%0Ab", "control characters")]
    public async Task Id_that_is_none_is_refused_by_every_route(string id, string because)
    {
        foreach (var (method, verb) in new[] { (HttpMethod.Put, ""), (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/refresh"), (HttpMethod.Post, "/retry") })
        {
            using var response = await world.SendAsync(method, $"/api/v1/assets/{id}{verb}");
            var text = await response.Content.ReadAsStringAsync();
            // Kestrel refuses NUL itself, without a body.
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{method} {id}: {response.StatusCode} {text}");
            Assert.True(text.Length == 0 || text.Contains(because, StringComparison.Ordinal), text);
        }
    }

    [Fact]
    public async Task Longest_id_is_fine_and_one_character_more_is_not()
    {
        var longest = new string('a', AssetId.MaxLength - "7/5/".Length);

        await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Delete, $"/api/v1/assets/7/5/{longest}");

        Assert.Contains("221 characters", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"/api/v1/assets/7/5/{longest}a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Id_is_what_it_says_whatever_the_query_holds()
    {
        var view = await world.ViewAsync(HttpStatusCode.Accepted, HttpMethod.Delete, "/api/v1/assets/7/5/%C3%A9%20%25+a.b?wait=0&from=%2Fhome");

        Assert.Equal("7/5/é %+a.b", view.Id.ToString());
    }

    [Theory, InlineData("-1s"), InlineData("ten"), InlineData("6m"), InlineData("301"), InlineData("s"), InlineData("1h"), InlineData("NaN"), InlineData("1e3"), InlineData("%20")]
    public async Task Wait_that_is_no_time_up_to_five_minutes_is_refused(string wait) =>
        Assert.Contains("at most 5 minutes", await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"/api/v1/assets/7/5/waited?wait={wait}"), StringComparison.Ordinal);

    [Theory, InlineData("0"), InlineData("1ms"), InlineData("0.001s"), InlineData("0.0001m"), InlineData("")]
    public async Task Wait_in_every_unit_is_understood(string wait)
    {
        using var response = await world.SendAsync(HttpMethod.Put, $"{Path(world.NewAsset().Id)}?wait={wait}");

        Assert.NotEqual(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Asset_that_nobody_has_spoken_of_is_404() =>
        Assert.Contains("never heard of", await world.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/api/v1/assets/7/5/unheard"), StringComparison.Ordinal);

    [Fact]
    public async Task List_goes_page_by_page_through_every_asset_of_a_customer_and_space()
    {
        var events = Enumerable.Range(0, 25).Select(i => new AssetDeleted { Id = AssetId.Parse($"8/{i % 2}/{i:d2}") });
        await world.Worker.Api.SendAsync(events);

        var (seen, after) = (new List<AssetId>(), (string?)null);
        do
        {
            var page = await world.Worker.Api.ListAsync(customer: 8, space: 1, after: after, limit: 5);
            Assert.InRange(page.Items.Count, 0, 5);
            seen.AddRange(page.Items.Select(i => i.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 25).Where(i => i % 2 == 1).Select(i => AssetId.Parse($"8/1/{i:d2}")), seen);
    }

    [Fact]
    public async Task List_by_state_shows_each_asset_in_its_own()
    {
        var (present, source) = world.NewAsset();
        await world.Worker.CopyAsync(present, source);
        var (dead, missing) = world.NewAsset();
        File.Delete(new Uri(missing).LocalPath);
        await world.Worker.CopyAsync(dead, missing);
        var absent = world.NewAsset().Id;
        await world.Worker.Api.SendAsync([new AssetDeleted { Id = absent }]);
        await world.Worker.SettledAsync(absent);

        foreach (var state in Enum.GetValues<AssetState>())
        {
            var listed = (await world.Worker.Api.ListAsync(customer: 7, state: state, limit: 1000)).Items;
            Assert.All(listed, i => Assert.Equal(state, i.State));
            Assert.Equal(state == AssetState.Present, listed.Any(i => i.Id == present));
            Assert.Equal(state == AssetState.Dead, listed.Any(i => i.Id == dead));
            Assert.Equal(state == AssetState.Absent, listed.Any(i => i.Id == absent));
        }

        var reason = (await world.Worker.Api.ListAsync(state: AssetState.Dead, limit: 1000)).Items.Single(i => i.Id == dead);
        Assert.Equal(Understudy.Contracts.Fault.SourceGone, reason.Fault);
        Assert.NotEmpty(reason.Reason!);
    }

    [Theory]
    [InlineData("limit=0", "1 to 1000"), InlineData("limit=1001", "1 to 1000"), InlineData("limit=x", "1 to 1000")]
    [InlineData("after=foo", "the page before"), InlineData("customer=-1", "from 0 up"), InlineData("space=x", "from 0 up")]
    [InlineData("state=lost", "present, pending"), InlineData("state=3", "present, pending"), InlineData("state=", "present, pending")]
    public async Task Query_of_a_list_that_is_wrong_is_refused_with_the_rule(string query, string because) =>
        Assert.Contains(because, await world.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/v1/assets?{query}"), StringComparison.Ordinal);

    [Fact]
    public async Task Status_tells_of_store_plans_and_workers()
    {
        var (id, source) = world.NewAsset();
        await world.Worker.CopyAsync(id, source);

        var store = await world.Worker.Api.StoreAsync();
        Assert.True(store.Copies > 0 && store.UsedBytes > 0, $"{store}");
        Assert.Equal(world.StoreFolder, store.Root);
        Assert.True(Assert.Single(await world.Worker.Api.WorkersAsync()).ThisOne);
        await world.Worker.IngestAsync(AssetId.Parse("7/6/nowhere"), "s3://not-allowed/key");
        await world.Worker.SettledAsync(AssetId.Parse("7/6/nowhere"));
        Assert.Contains(await world.Worker.Api.PlansAsync(), p => p is { Lane: Lane.Ingest, State: AssetState.Dead, Plans: > 0 });
    }

    private static string Path(AssetId id) => $"/api/v1/assets/{id}";
}
