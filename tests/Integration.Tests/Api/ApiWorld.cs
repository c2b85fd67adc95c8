using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary>A whole worker and bare HTTP to it. Tests share it, each with assets of its own.</summary>
public sealed class ApiWorld(PostgresServer postgres) : IAsyncLifetime
{
    private static int _assets;
    private CopyWorld _world = null!;

    internal PostgresServer Postgres { get; } = postgres;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(2) };

    internal CopyWorker Worker => _world.Worker;

    internal string StoreFolder => _world.Store;

    public async ValueTask InitializeAsync() => await StartAsync();

    internal static async Task<ApiWorld> StartAsync(PostgresServer postgres, params string[] settings)
    {
        var world = new ApiWorld(postgres);
        await world.StartAsync(settings);
        return world;
    }

    /// <summary>An asset that nobody else has, with a sound JP2 as its source; not told to the worker.</summary>
    internal (AssetId Id, string Source) NewAsset(int bytes = 5_000)
    {
        var id = AssetId.Parse($"7/1/asset{Interlocked.Increment(ref _assets)}");
        var file = Path.Combine(_world.Files, $"{id.Asset}.jp2");
        File.WriteAllBytes(file, SyntheticJp2.Bytes(bytes, _assets));
        return (id, new Uri(file).AbsoluteUri);
    }

    internal string PathOf(AssetId id) => _world.PathOf(id);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string? key = null) => Http.SendAsync(new HttpRequestMessage(method, path)
    {
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { Authorization = key is null ? null : new("Bearer", key) },
    });

    /// <summary>Sends, and reads the problem that the answer must be.</summary>
    public async Task<string> ProblemAsync(HttpStatusCode status, HttpMethod method, string path, string? body = null)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{method} {path} {body}: {response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (string)JsonNode.Parse(text)!["detail"]!;
    }

    public async Task<AssetView> ViewAsync(HttpStatusCode status, HttpMethod method, string path, string? body = null)
    {
        using var response = await SendAsync(method, path, body);
        Assert.True(response.StatusCode == status, $"{method} {path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<AssetView>(Wire.Json))!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _world.DisposeAsync();
    }

    private async Task StartAsync(params string[] settings)
    {
        _world = await CopyWorld.StartAsync(Postgres, settings);
        Http.BaseAddress = new Uri(Worker.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }
}
