using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Understudy.Cantaloupe;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>The <c>/tasks</c> of one node. Only this node knows the tasks that it took: behind a load balancer another would answer 404.</summary>
internal sealed class TaskClient(string node, string cluster, ClusterOptions options, TargetHttp http, TimeProvider time)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(2);

    private readonly AuthenticationHeaderValue _basic = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ApiUser}:{options.ApiSecret}")));

    private readonly string _advice =
        $"it needs endpoint.api.enabled = true, endpoint.api.username and endpoint.api.secret, and these two as Cantaloupe:{cluster}:ApiUser and :ApiSecret";

    /// <param name="identifier">Decoded: Cantaloupe takes any, and for one that it doesn't know removes nothing.</param>
    /// <returns>The task's id where the node took it.</returns>
    public async Task<(string? Id, PurgeReply? Bad)> PostAsync(string identifier, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{node}/tasks") { Content = new ByteArrayContent(Body(identifier)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = _basic;
        var heard = await http.SendAsync(request, AnswerTime, cancel);
        return heard switch
        {
            // Its host is the load balancer's where base_uri says so.
            Heard.Answer { Status: 202, Location: { } location } when IdIn(location) is { } id => (id, null),
            Heard.Answer { Status: 202 } => (null, new PurgeReply.NotYet($"POST {node}/tasks answered 202 without saying where its task is, so nobody can tell when it is done")),
            Heard.Answer { IsGood: true } other => (null, new PurgeReply.Refused($"POST {node}/tasks answered {other.Status}, and Cantaloupe 202: is this a node's own address?")),
            _ => (null, PurgeReply.Of($"POST {node}/tasks", heard, _advice)),
        };
    }

    /// <returns>Done, or why not: <see cref="ClusterOptions.TaskTimeout"/> is over, the node forgot it.</returns>
    public async Task<PurgeReply> FinishAsync(string id, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        // A GET goes through the list of all tasks since the node's start: not too often.
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await LookAsync(id, cancel) is { } reply)
                return reply;
            if (time.GetElapsedTime(started) + pause > options.TaskTimeout)
                return new PurgeReply.NotYet($"{node} took a task and hasn't done it in {options.TaskTimeout}: it does one after the other, and a sweep of its cache is one");
            await Task.Delay(pause, time, cancel);
        }
    }

    /// <returns>null: it isn't done yet.</returns>
    public async Task<PurgeReply?> LookAsync(string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{node}/tasks/{id}");
        request.Headers.Authorization = _basic;
        var heard = await http.SendAsync(request, AnswerTime, cancel);
        return heard switch
        {
            Heard.Answer { Status: 200 } answer => CantaloupeTask.Read(answer.Body) switch
            {
                TaskStage.Done => PurgeReply.Done,
                TaskStage.Waiting => null,
                TaskStage.Failed => new PurgeReply.NotYet($"{node}: the task failed, see the node's log"),
                _ => new PurgeReply.NotYet($"GET {node}/tasks/… answered 200, but not with a task"),
            },
            Heard.Answer { Status: 404 } => new PurgeReply.NotYet($"{node} doesn't know the task that it took: it was restarted, or the address is a load balancer's"),
            _ => PurgeReply.Of($"GET {node}/tasks/…", heard, _advice),
        };
    }

    private static byte[] Body(string identifier) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["verb"] = "PurgeItemFromCache", ["identifier"] = identifier });

    private static string? IdIn(Uri location)
    {
        var path = location.IsAbsoluteUri ? location.AbsolutePath : location.OriginalString.Split('?')[0];
        return Guid.TryParse(path.TrimEnd('/').Split('/')[^1], out var id) ? id.ToString() : null;
    }
}
