using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

public sealed class TaskApiTests : IAsyncLifetime
{
    private const string Id = "/2/5/a.jp2";

    private readonly SourceFiles _files = new();
    private readonly DerivativeCache _shared = new();
    private readonly HttpClient _http = new();
    private FakeCantaloupe _node = null!;

    public async ValueTask InitializeAsync()
    {
        _http.DefaultRequestHeaders.Authorization = Basic("admin:secret");
        _files.Put(Id, 4000, 3000);
        _node = await FakeCantaloupe.StartAsync(_files, _shared);
        await WarmAsync(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Purge_of_an_item_is_accepted_done_and_leaves_the_heap_of_other_nodes()
    {
        await using var other = await FakeCantaloupe.StartAsync(_files, _shared);
        await WarmAsync(other);

        using var accepted = await PostAsync("""{"verb":"PurgeItemFromCache","identifier":"/2/5/a.jp2","extra":1}""");
        var task = await DoneAsync(_node, accepted);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("iiif.example.org", accepted.Headers.Location?.Host);
        Assert.Equal(["verb", "done", "cancelled", "stopped_at", "started_at", "queued_at"], task.Select(p => p.Key));
        Assert.Empty(_node.Infos.Heap);
        Assert.Empty(_shared.ImagesOf(Id));
        Assert.Equal([Id], other.Infos.Heap);
        using var elsewhere = await _http.GetAsync(new Uri(other.Address, accepted.Headers.Location!.AbsolutePath));
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Theory]
    [InlineData("""{"verb":"PurgeInfoCache"}""", false, true)]
    [InlineData("""{"verb":"PurgeInfosFromCache"}""", true, true)]
    [InlineData("""{"verb":"PurgeCache"}""", false, false)]
    [InlineData("""{"verb":"PurgeInvalidFromCache"}""", true, true)]
    [InlineData("""{"verb":"PurgeItemFromCache","identifier":"2/5/a.jp2"}""", true, true)]
    [InlineData("""{"verb":"PurgeItemFromCache","identifer":"/2/5/a.jp2"}""", true, true)]
    [InlineData("""{"verb":"Sleep","duration":0}""", true, true)]
    public async Task Verb_removes_what_it_is_for_and_a_wrong_identifier_nothing(string task, bool heapStays, bool imagesStay)
    {
        using var accepted = await PostAsync(task);
        await DoneAsync(_node, accepted);

        Assert.Equal((heapStays, imagesStay), (_node.Infos.Heap.Count > 0, _shared.ImagesOf(Id).Count > 0));
    }

    [Fact]
    public async Task Tasks_run_one_after_the_other()
    {
        var gate = new Gate();
        _node.Tasks.Script = task => task.Verb == "PurgeInvalidFromCache" ? new TaskFault { Gate = gate } : null;
        using var first = await PostAsync("""{"verb":"PurgeInvalidFromCache"}""");
        using var second = await PostAsync("""{"verb":"PurgeCache"}""");
        await gate.ArrivedAsync(1);
        Assert.False((bool)(await TaskAsync(_node, second))["done"]!);
        Assert.NotEmpty(_node.Infos.Heap);

        gate.Open();

        await DoneAsync(_node, second);
        Assert.Empty(_node.Infos.Heap);
        Assert.Equal(["PurgeInvalidFromCache", "PurgeCache"], _node.Tasks.Accepted.Select(task => task.Verb));
    }

    [Fact]
    public async Task Purge_can_be_done_and_have_removed_nothing()
    {
        _node.Tasks.Script = _ => new TaskFault { RemovesNothing = true };
        using var nothing = await PostAsync("""{"verb":"PurgeCache"}""");
        await DoneAsync(_node, nothing);
        Assert.NotEmpty(_node.Infos.Heap);

        _node.Tasks.Script = _ => null;
        (_node.Infos.HeapSurvives, _shared.SweepIsRunning) = (true, true);
        using var during = await PostAsync("""{"verb":"PurgeItemFromCache","identifier":"/2/5/a.jp2"}""");
        await DoneAsync(_node, during);
        Assert.NotEmpty(_node.Infos.Heap);
        Assert.NotEmpty(_shared.ImagesOf(Id));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"identifier":"x"}""")]
    [InlineData("""{"verb":"PurgeDelegateMethodInvocationCache"}""")]
    public async Task Task_that_is_none_is_a_bad_request(string task)
    {
        using var refused = await PostAsync(task);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(_node.Tasks.Accepted);
    }

    [Theory]
    [InlineData("admin:wrong")]
    [InlineData("admin:secret:more")]
    [InlineData(":")]
    [InlineData(null)]
    public async Task Wrong_credentials_are_unauthorized(string? credentials)
    {
        _http.DefaultRequestHeaders.Authorization = credentials is null ? null : Basic(credentials);

        using var refused = await PostAsync("""{"verb":"PurgeCache"}""");

        Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (refused.StatusCode, refused.Headers.WwwAuthenticate.Single().Scheme));
    }

    [Fact]
    public async Task Api_that_is_off_is_forbidden_and_a_scripted_status_goes_out()
    {
        await using var off = await FakeCantaloupe.StartAsync(_files, options: new CantaloupeOptions { Api = false });
        using var forbidden = await _http.PostAsJsonAsync(new Uri(off.Address, "/tasks"), new { verb = "PurgeCache" });
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        _node.Tasks.Script = _ => new TaskFault { Status = 503 };
        using var busy = await PostAsync("""{"verb":"PurgeCache"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
    }

    private async Task WarmAsync(FakeCantaloupe node)
    {
        await _http.AskAsync(node.UrlOf(2, Id, "info.json"));
        await _http.AskAsync(node.UrlOf(2, Id, "full/500,/0/default.jpg"));
    }

    private Task<HttpResponseMessage> PostAsync(string task) =>
        _http.PostAsync(new Uri(_node.Address, "/tasks"), new StringContent(task, Encoding.UTF8, "application/json"));

    private async Task<JsonObject> TaskAsync(FakeCantaloupe node, HttpResponseMessage accepted) =>
        (await _http.GetFromJsonAsync<JsonObject>(new Uri(node.Address, accepted.Headers.Location!.AbsolutePath)))!;

    private async Task<JsonObject> DoneAsync(FakeCantaloupe node, HttpResponseMessage accepted)
    {
        await Eventually.TrueAsync(async () => (bool)(await TaskAsync(node, accepted))["done"]!, "done");
        return await TaskAsync(node, accepted);
    }

    private static AuthenticationHeaderValue Basic(string credentials) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
}
