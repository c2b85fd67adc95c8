using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>A node's <c>/tasks</c>: tasks run one after the other, and are known to this node only.</summary>
internal sealed class TaskApi : IAsyncDisposable
{
    private readonly CantaloupeOptions _options;
    private readonly InfoCaches _infos;
    private readonly DerivativeCache _derivatives;
    private readonly Func<string> _node;
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly ConcurrentDictionary<Guid, CantaloupeTask> _tasks = new();
    private readonly Channel<(CantaloupeTask Task, TaskFault? Fault)> _queue = Channel.CreateUnbounded<(CantaloupeTask, TaskFault?)>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    public TaskApi(CantaloupeOptions options, InfoCaches infos, DerivativeCache derivatives, Func<string> node)
    {
        (_options, _infos, _derivatives, _node) = (options, infos, derivatives, node);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Asked once for each well-formed POST; null: all is well.</summary>
    public Func<CantaloupeTask, TaskFault?> Script { get; set; } = _ => null;

    /// <summary>In the order of their arrival.</summary>
    public IReadOnlyList<CantaloupeTask> Accepted => [.. _order.Select(id => _tasks[id])];

    /// <summary>As a restart does.</summary>
    public void Forget()
    {
        _order.Clear();
        _tasks.Clear();
    }

    public async Task AnswerAsync(HttpContext context, CancellationToken stop)
    {
        if (!_options.Api)
            context.Response.StatusCode = 403;
        else if (!IsAuthorized(context.Request.Headers.Authorization.ToString()))
            (context.Response.StatusCode, context.Response.Headers.WWWAuthenticate) = (401, "Basic realm=\"API\" charset=\"UTF-8\"");
        else if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path == "/tasks")
            await PostAsync(context, stop);
        else if (HttpMethods.IsGet(context.Request.Method) && Find(context.Request.Path) is { } task)
            await context.Response.WriteAsJsonAsync(task.ToJson(), stop);
        else
            context.Response.StatusCode = 404;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        _stop.Dispose();
    }

    private async Task PostAsync(HttpContext context, CancellationToken stop)
    {
        var task = await ReadAsync(context.Request, stop);
        var fault = task is null ? null : Script(task);
        context.Response.StatusCode = task is null ? 400 : fault?.Status ?? 202;
        if (task is null || fault?.Status is not null)
            return;
        context.Response.Headers.Location = new Uri(_options.PublicAddress, $"/tasks/{task.Id}").AbsoluteUri;
        _tasks[task.Id] = task;
        _order.Enqueue(task.Id);
        _queue.Writer.TryWrite((task, fault));
    }

    private async Task<CantaloupeTask?> ReadAsync(HttpRequest request, CancellationToken stop)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: stop);
            var verb = Text(body.RootElement, "verb");
            var duration = body.RootElement.TryGetProperty("duration", out var seconds) ? TimeSpan.FromSeconds(seconds.GetInt32()) : default;
            return verb is "PurgeItemFromCache" or "PurgeInvalidFromCache" or "PurgeInfoCache" or "PurgeCache" or "PurgeInfosFromCache" or "Sleep"
                ? new CantaloupeTask(Guid.NewGuid(), verb, Text(body.RootElement, "identifier"), duration, _options.Time.GetUtcNow())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private CantaloupeTask? Find(PathString path) =>
        Guid.TryParse(path.Value!.Split('/')[^1], out var id) ? _tasks.GetValueOrDefault(id) : null;

    // Cantaloupe takes a secret with a colon apart at it, and no user at all for nobody.
    private bool IsAuthorized(string header)
    {
        var given = new byte[header.Length];
        return header.StartsWith("Basic ", StringComparison.Ordinal)
            && Convert.TryFromBase64String(header[6..], given, out var count)
            && Encoding.UTF8.GetString(given, 0, count).Split(':') is [{ Length: > 0 } user, var secret]
            && user == _options.ApiUser && secret == _options.ApiSecret;
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var (task, fault) in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                if (fault?.Gate is { } gate)
                    await gate.PassAsync(_stop.Token);
                var started = _tasks[task.Id] = task with { StartedAt = _options.Time.GetUtcNow() };
                if (task.Verb == "Sleep")
                    await Task.Delay(task.Duration, _options.Time, _stop.Token);
                else if (fault?.RemovesNothing != true)
                    Purge(task);
                _options.Journal?.Note(task.Identifier ?? "", $"{_node()} {task.Verb}{(fault?.RemovesNothing == true ? " removes nothing" : "")}, posted {task.QueuedAt:HH:mm:ss.fff}");
                _tasks[task.Id] = started with { StoppedAt = _options.Time.GetUtcNow() };
            }
        }
        catch (OperationCanceledException)
        {
            // The node goes away, and its tasks with it.
        }
    }

    private void Purge(CantaloupeTask task)
    {
        switch (task.Verb)
        {
            case "PurgeItemFromCache" when task.Identifier is { } identifier:
                _infos.PurgeHeap(identifier);
                _derivatives.Purge(identifier);
                break;
            case "PurgeInfoCache":
                _infos.PurgeHeap();
                break;
            case "PurgeInfosFromCache":
                _derivatives.PurgeInfos();
                break;
            case "PurgeCache":
                _infos.PurgeHeap();
                _derivatives.PurgeAll();
                break;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
