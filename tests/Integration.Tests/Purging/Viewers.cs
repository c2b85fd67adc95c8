using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.TestKit.Cantaloupe;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>What an asset's source was at one time.</summary>
/// <param name="Look">By which a tile tells whose it is.</param>
internal sealed record Version(int Number, int Bytes, int Seed, int Width, byte Look, string Checksum);

/// <summary>One asset, and all that it ever was.</summary>
internal sealed class ViewedAsset(AssetId id)
{
    private readonly List<Version> _versions = [];
    private volatile int _oldest;

    public AssetId Id => id;

    public Version Newest => _versions[^1];

    /// <summary>Who begins a request now must not get an older one.</summary>
    public int Oldest => _oldest;

    /// <summary>Another size than before, most times; always another look.</summary>
    public Version Change(Random random)
    {
        lock (_versions)
        {
            var bytes = _versions.Count == 0 ? PurgingWorld.Small
                : (Newest.Bytes == PurgingWorld.Small) == (random.Next(4) > 0) ? PurgingWorld.Large : PurgingWorld.Small;
            var seed = random.Next();
            var image = SyntheticJp2.Bytes(bytes, seed);
            while (_versions.Any(v => v.Look == image[^3]))
                image = SyntheticJp2.Bytes(bytes, ++seed);
            _versions.Add(new(_versions.Count, bytes, seed, SyntheticJp2.Facts(bytes).Width, image[^3], Convert.ToHexStringLower(ReferenceChecksum.Of("crc32c", image))));
            Tell($"version {Newest.Number}, {Newest.Width} wide, of look {Newest.Look}");
            return Newest;
        }
    }

    public long DoneSince { get; private set; }

    /// <summary>What became of it when.</summary>
    public ConcurrentQueue<string> Story { get; } = new();

    public void Done(Version version)
    {
        (DoneSince, _oldest) = (Stopwatch.GetTimestamp(), version.Number);
        Tell($"version {version.Number} is done");
    }

    private void Tell(string what) => Story.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} test: {what}");

    /// <returns>The newest that looks so; null: none ever did.</returns>
    public int? NewestWith(Predicate<Version> looks)
    {
        lock (_versions)
            return _versions.FindLast(looks)?.Number;
    }
}

/// <summary>Never stop asking every node for every asset, and tell what they got that they must not get any more.</summary>
internal sealed class Viewers(Func<IReadOnlyList<(Uri Node, Func<AssetId, string> Identifier)>> nodes, IReadOnlyList<ViewedAsset> assets) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(4);

    private static readonly (string Path3, string Path2, int Side)[] Tiles =
    [
        ("full/256,256", "full/256,", 256), ("0,0,512,512/512,512", "0,0,512,512/512,", 512), ("0,0,512,512/128,128", "0,0,512,512/128,", 128),
        ("512,512,512,512/512,512", "512,512,512,512/512,", 512),
    ];

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private Task _all = Task.CompletedTask;
    private int _answers;

    public IReadOnlyCollection<string> Violations => _violations;

    public int Answers => Volatile.Read(ref _answers);

    /// <param name="patience">Who waits for longer goes away, and the server stops what it was doing for him.</param>
    public void Start(int count, int seed, TimeSpan patience) =>
        _all = Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => WatchAsync(new Random(seed + i), patience))));

    /// <summary>Whatever anybody can ask for, once from each node.</summary>
    public async Task AskForAllAsync()
    {
        foreach (var (node, identifier) in nodes())
        {
            foreach (var asset in assets)
            {
                foreach (var (version, what) in Enumerable.Range(2, 2).SelectMany(v => Enumerable.Range(0, Tiles.Length + 1).Select(w => (v, w))))
                    await AskAsync(node, identifier(asset.Id), asset, version, what, _stop.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _all;
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task WatchAsync(Random random, TimeSpan patience)
    {
        while (!_stop.IsCancellationRequested)
        {
            var (node, identifier) = nodes()[random.Next(nodes().Count)];
            var asset = assets[random.Next(assets.Count)];
            using var timer = new CancellationTokenSource(patience, TimeProvider.System);
            try
            {
                await AskAsync(node, identifier(asset.Id), asset, random.Next(2, 4), random.Next(Tiles.Length + 2) % (Tiles.Length + 1), timer.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Who gets nothing gets nothing old.
            }

            await Task.Delay(Rest, CancellationToken.None);
        }
    }

    private async Task AskAsync(Uri node, string identifier, ViewedAsset asset, int version, int what, CancellationToken cancel)
    {
        var (oldest, began) = (asset.Oldest, Stopwatch.GetTimestamp());
        var path = what == 0 ? "info.json" : $"{(version == 3 ? Tiles[what - 1].Path3 : Tiles[what - 1].Path2)}/0/default.jpg";
        var url = new Uri(node, $"/iiif/{version}/{Uri.EscapeDataString(identifier)}/{path}");
        using var answer = await _http.GetAsync(url, cancel);
        if (!answer.IsSuccessStatusCode)
            return;
        var body = await answer.Content.ReadAsByteArrayAsync(cancel);
        Interlocked.Increment(ref _answers);
        var got = what == 0 ? VersionOf(asset, body) : VersionOf(asset, body, Tiles[what - 1].Side);
        if (got is null)
            _violations.Enqueue($"{url}: nothing that {asset.Id} ever was");
        else if (got < oldest)
            _violations.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {url}: version {got}, though {oldest} was done when it was asked for, {Stopwatch.GetElapsedTime(asset.DoneSince, began).TotalMilliseconds:0} ms before; answered after {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }

    private static int? VersionOf(ViewedAsset asset, byte[] info)
    {
        using var json = JsonDocument.Parse(info);
        var width = json.RootElement.GetProperty("width").GetInt32();
        return asset.NewestWith(v => v.Width == width);
    }

    private static int? VersionOf(ViewedAsset asset, byte[] tile, int side) => asset.NewestWith(v => TinyJpeg.Of(side, side, v.Look).AsSpan().SequenceEqual(tile));
}
