using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Purging.Targets;

namespace Understudy.Integration.Tests.Purging;

public sealed class NodeTargetTests : IAsyncLifetime
{
    private NodeWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await NodeWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Purge_names_the_decoded_identifier_with_its_slash_and_ends_when_the_task_is_done()
    {
        await _world.ViewAsync();
        Assert.NotEmpty(_world.Node.Derivatives.ImagesOf(NodeWorld.Identifier));

        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync());

        var task = Assert.Single(_world.Node.Tasks.Accepted);
        Assert.Equal(("PurgeItemFromCache", NodeWorld.Identifier, true), (task.Verb, task.Identifier, task.StoppedAt is not null));
        Assert.Empty(_world.Node.Infos.Heap);
        Assert.Empty(_world.Node.Derivatives.ImagesOf(NodeWorld.Identifier));
    }

    [Fact]
    public async Task Identifier_with_signs_and_percents_is_decoded_once()
    {
        await _world.PurgeAsync(Subjects.Refreshed("2/5/a b%2Fc+é;2"));

        Assert.Equal("/2/5/a b%2Fc+é;2.jp2", Assert.Single(_world.Node.Tasks.Accepted).Identifier);
    }

    [Fact]
    public async Task Many_are_each_told_and_all_done_when_the_replies_come()
    {
        var subjects = Enumerable.Range(0, 100).Select(i => Subjects.Refreshed($"2/5/{i}")).ToList();

        var replies = await _world.Target().PurgeAsync(subjects, default);

        Assert.Equal(100, replies.OfType<PurgeReply.Purged>().Count());
        Assert.Equal(subjects.Select(s => $"/{s.Path}").Order(), _world.Node.Tasks.Accepted.Select(t => t.Identifier).Order());
        Assert.All(_world.Node.Tasks.Accepted, t => Assert.NotNull(t.StoppedAt));
    }

    [Fact]
    public async Task One_that_the_node_does_not_take_leaves_the_others_done()
    {
        _world.Node.Tasks.Script = task => task.Identifier == "/2/5/3.jp2" ? new TaskFault { Status = 500 } : null;

        var replies = await _world.Target().PurgeAsync([.. Enumerable.Range(0, 5).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.Contains("500", Assert.IsType<PurgeReply.NotYet>(replies[3]).Reason, StringComparison.Ordinal);
        Assert.Equal(4, replies.OfType<PurgeReply.Purged>().Count());
    }

    [Fact]
    public async Task Last_that_the_node_does_not_take_leaves_the_others_done()
    {
        _world.Node.Tasks.Script = task => task.Identifier == "/2/5/4.jp2" ? new TaskFault { Status = 400 } : null;

        var replies = await _world.Target().PurgeAsync([.. Enumerable.Range(0, 5).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.IsType<PurgeReply.Refused>(replies[4]);
        Assert.Equal(4, replies.OfType<PurgeReply.Purged>().Count());
    }

    [Fact]
    public async Task Full_node_forgets_the_asset_under_each_of_its_sources()
    {
        _world.Cluster.IdentifierTemplate = "{source}";

        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync(Subjects.Refreshed("2/5/a", sources: ["s3://b/new", "s3://b/old"])));

        Assert.Equal(["s3://b/new", "s3://b/old"], _world.Node.Tasks.Accepted.Select(t => t.Identifier).Order());
    }

    [Fact]
    public async Task Task_that_is_not_done_in_time_is_not_yet()
    {
        _world.Cluster.TaskTimeout = TimeSpan.FromMilliseconds(100);
        var gate = new Gate();
        _world.Node.Tasks.Script = _ => new TaskFault { Gate = gate };

        Assert.Contains("hasn't done it", Assert.IsType<PurgeReply.NotYet>(await _world.PurgeAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Node_that_was_restarted_has_not_done_what_it_took(int subjects)
    {
        var gate = new Gate();
        _world.Node.Tasks.Script = _ => new TaskFault { Gate = gate };
        var purge = _world.Target().PurgeAsync([.. Enumerable.Range(0, subjects).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);
        await gate.ArrivedAsync(1);
        await TestKit.Eventually.TrueAsync(() => _world.Node.Tasks.Accepted.Count == subjects, "all taken");

        _world.Node.Tasks.Forget();

        Assert.All(await purge, reply => Assert.Contains("doesn't know the task", Assert.IsType<PurgeReply.NotYet>(reply).Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_secret_is_refused_with_what_to_set()
    {
        _world.Cluster.ApiSecret = "other";

        var reason = Assert.IsType<PurgeReply.Refused>(await _world.PurgeAsync()).Reason;

        Assert.Contains("401", reason, StringComparison.Ordinal);
        Assert.Contains("Cantaloupe:Tiles:ApiUser", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("other", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_that_is_off_is_refused_with_what_to_set()
    {
        await using var world = await NodeWorld.StartAsync(new CantaloupeOptions { Api = false });

        var reason = Assert.IsType<PurgeReply.Refused>(await world.PurgeAsync()).Reason;

        Assert.Contains("403", reason, StringComparison.Ordinal);
        Assert.Contains("endpoint.api.enabled", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_user_is_refused_before_anything_is_asked()
    {
        (_world.Cluster.ApiUser, _world.Cluster.ApiSecret) = (null, null);

        Assert.Contains("are not set", Assert.IsType<PurgeReply.Refused>(await _world.PurgeAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_without_tasks_is_not_asked()
    {
        _world.Cluster.HasTasks = false;

        Assert.IsType<PurgeReply.Purged>(await _world.PurgeAsync());
        Assert.Empty(_world.Node.Tasks.Accepted);
    }

    [Fact]
    public async Task Node_that_is_down_is_not_yet_for_all()
    {
        var subjects = Enumerable.Range(0, 20).Select(i => Subjects.Refreshed($"2/5/{i}")).ToList();

        var replies = await _world.TargetAt("http://127.0.0.1:1").PurgeAsync(subjects, default);

        Assert.Equal(20, replies.Count);
        Assert.All(replies, reply => Assert.True(Assert.IsType<PurgeReply.NotYet>(reply).IsAway));
    }

    [Theory]
    [InlineData(200, "", null, "Refused")]
    [InlineData(301, "", "/tasks/8e0b4f3c-5c1f-4d8e-9f5a-000000000000", "Refused")]
    [InlineData(404, "", null, "Refused")]
    [InlineData(202, "", null, "NotYet")]
    [InlineData(202, "", "/tasks/../../configuration", "NotYet")]
    [InlineData(429, "", null, "NotYet")]
    [InlineData(202, "<html>", "/tasks/8e0b4f3c-5c1f-4d8e-9f5a-000000000000", "NotYet")]
    [InlineData(202, """{"done":true}""", "/tasks/8e0b4f3c-5c1f-4d8e-9f5a-000000000000/", "Purged")]
    [InlineData(202, """{"done":true}""", "https://lb.example.org/x/tasks/8e0b4f3c-5c1f-4d8e-9f5a-000000000000", "Purged")]
    public async Task Stranger_in_place_of_a_node_is_taken_for_nothing_else(int toPost, string toGet, string? location, string reply)
    {
        await using var stranger = await TestKit.HttpReceiver.StartAsync(request =>
            request.Method == "GET" ? new(200, toGet) : location is null ? new(toPost) : new(toPost, "", ("Location", location)));

        var replies = await _world.TargetAt(stranger.Address).PurgeAsync([Subjects.Refreshed("2/5/a")], default);

        Assert.Equal(reply, replies.Single().GetType().Name);
        Assert.All(stranger.Received, r => Assert.StartsWith("/tasks", r.Target, StringComparison.Ordinal));
        Assert.All(stranger.Received, r => Assert.Equal("Basic YWRtaW46c2VjcmV0", r.Headers["Authorization"]));
    }

    [Fact]
    public async Task Many_assets_cost_a_request_each_and_few_looks()
    {
        await using var node = await TestKit.HttpReceiver.StartAsync(request =>
            request.Method == "GET" ? new(200, """{"done":true}""") : new(202, "", ("Location", $"/tasks/{Guid.NewGuid()}")));

        await _world.TargetAt(node.Address).PurgeAsync([.. Enumerable.Range(0, 100).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.Equal((100, 2), (node.Received.Count(r => r.Method == "POST"), node.Received.Count(r => r.Method == "GET")));
    }
}
