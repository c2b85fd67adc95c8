using System.Net;
using System.Text;

namespace Understudy.Contracts.Tests;

public sealed class UnderstudyClientTests : IDisposable
{
    private readonly Worker _worker = new();

    public void Dispose() => _worker.Dispose();

    private UnderstudyClient Client => new(new HttpClient(_worker) { BaseAddress = new Uri("http://worker/") });

    [Fact]
    public async Task Ensure_asks_with_the_wait_and_gives_the_asset()
    {
        _worker.Answer = (HttpStatusCode.OK, """{"id":"2/5/a b","state":"present","generation":1,"use":{"hits":0},"history":[]}""");
        var asset = await Client.EnsureAsync(AssetId.Parse("2/5/a b"), TimeSpan.FromSeconds(1.5));

        Assert.Equal("PUT http://worker/api/v1/assets/2/5/a%20b?wait=1.5s", _worker.Asked);
        Assert.Equal(AssetState.Present, asset.State);
    }

    [Fact]
    public async Task List_asks_only_for_what_was_said()
    {
        _worker.Answer = (HttpStatusCode.OK, """{"items":[{"id":"2/5/a","state":"dead","fault":"badSource"}],"next":"2/5/a"}""");
        var page = await Client.ListAsync(customer: 2, state: AssetState.Dead, after: "2/5/&");

        Assert.Equal("GET http://worker/api/v1/assets?customer=2&state=dead&after=2%2F5%2F%26", _worker.Asked);
        Assert.Equal(Fault.BadSource, Assert.Single(page.Items).Fault);
    }

    [Fact]
    public async Task Asset_that_was_never_heard_of_is_null()
    {
        _worker.Answer = (HttpStatusCode.NotFound, """{"detail":"2/5/a was never heard of"}""");
        Assert.Null(await Client.FindAsync(AssetId.Parse("2/5/a")));
    }

    [Theory]
    [InlineData("""{"title":"Not Found","detail":"there is no file"}""", "there is no file")]
    [InlineData("""{"title":"Not Found"}""", "Not Found")]
    [InlineData("<html>", "the worker answered 422")]
    public async Task Refusal_carries_the_reason_that_the_worker_gave(string body, string reason)
    {
        _worker.Answer = (HttpStatusCode.UnprocessableEntity, body);
        var refused = await Assert.ThrowsAsync<UnderstudyException>(() => Client.EnsureAsync(AssetId.Parse("2/5/a")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.StartsWith(reason, refused.Message, StringComparison.Ordinal);
    }

    private sealed class Worker : HttpMessageHandler
    {
        public (HttpStatusCode Status, string Body) Answer { get; set; }

        public string Asked { get; private set; } = "";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = $"{request.Method} {request.RequestUri!.AbsoluteUri}";
            return Task.FromResult(new HttpResponseMessage(Answer.Status) { Content = new StringContent(Answer.Body, Encoding.UTF8, "application/json") });
        }
    }
}
