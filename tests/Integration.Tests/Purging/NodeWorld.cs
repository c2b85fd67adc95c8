using Understudy.Cantaloupe;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Nodes;
using Understudy.Warming;

namespace Understudy.Integration.Tests.Purging;

/// <summary>A store of one asset, a node that reads it, and the target that stands for the node.</summary>
internal sealed class NodeWorld : IAsyncDisposable
{
    public const string Asset = "2/5/a";
    public const string Identifier = "/2/5/a.jp2";

    private readonly TargetHttp _http = new(TimeProvider.System);
    private readonly ImageClient _client = new(TimeProvider.System);
    private readonly HttpClient _viewer = new();

    public SourceFiles Files { get; } = new();

    public FakeCantaloupe Node { get; private set; } = null!;

    public ClusterOptions Cluster { get; } = new() { IdentifierTemplate = "%2F{path}", ApiUser = "admin", ApiSecret = "secret" };

    public static async Task<NodeWorld> StartAsync(TestKit.Cantaloupe.CantaloupeOptions? options = null)
    {
        var world = new NodeWorld();
        world.Replace(4000, 3000);
        world.Node = await FakeCantaloupe.StartAsync(world.Files, options: options);
        return world;
    }

    public NodeTarget Target(TargetKind kind = TargetKind.TileNode, string? address = null) => TargetAt(address ?? Node.Address.ToString().TrimEnd('/'), kind);

    public NodeTarget TargetAt(string address, TargetKind kind = TargetKind.TileNode, string versions = "3,2") =>
        new(address, kind, Cluster, _http, new Inspection(_client, new WarmingOptions { Versions = versions }), TimeProvider.System);

    public void Replace(int width, int height, byte look = 0) => Files.Put(Identifier, new SourceImage(new(width, height), Look: look));

    /// <summary>What a viewer asks for first, in both versions.</summary>
    public async Task ViewAsync(int width = 500, int height = 375)
    {
        foreach (var (version, size) in new[] { (3, $"{width},{height}"), (2, $"{width},") })
        {
            await GetAsync(version, "info.json");
            await GetAsync(version, $"full/{size}/0/default.jpg");
        }
    }

    public async Task<byte[]> GetAsync(int version, string path)
    {
        using var answer = await _viewer.GetAsync(Node.UrlOf(version, Identifier, path));
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task<PurgeReply> PurgeAsync(PurgeSubject? subject = null) => (await Target().PurgeAsync([subject ?? Subjects.Refreshed(Asset)], default)).Single();

    public Task<Verdict> VerifyAsync(PurgeSubject subject) => Target().VerifyAsync(subject, Scrutiny.Thorough, default);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _client.Dispose();
        _viewer.Dispose();
        await Node.DisposeAsync();
    }
}
