using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>One of those who publish, look at, read, pin and delete assets, each his own, one deed after the other.</summary>
internal sealed class Visitor(TortureWorld world, IReadOnlyList<TornAsset> assets, int seed)
{
    private const int MostPins = 1;
    private static readonly Lane?[] Lanes = [null, Lane.Ingest, Lane.Ahead, Lane.Bulk];

    private readonly Random _random = new(seed);
    private readonly List<TornAsset> _pinned = [];
    private readonly List<Task> _waiting = [];

    /// <summary>What came of requests that hold on, by status.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = [];

    public int Deeds { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        await world.AskAsync(_random, api => api.SendAsync(assets.Select(Publish).ToArray()));
        for (; !stop.IsCancellationRequested; Deeds++)
        {
            await ActAsync(_random.Next(12), assets[_random.Next(assets.Count)]);
            await Task.Delay(_random.Next(60), CancellationToken.None);
        }

        await UnpinAsync();
        await Task.WhenAll(_waiting);
    }

    private Task ActAsync(int deed, TornAsset asset)
    {
        switch (deed)
        {
            case < 4:
                return SendAsync(Publish(asset), null);
            case < 7:
                return SendAsync(new InfoJsonRequested { Id = asset.Id }, asset);
            case 7:
                Read(asset);
                return Task.CompletedTask;
            case 8 when asset.MayBeDeleted:
                return SendAsync(new AssetDeleted { Id = asset.Id }, null);
            case 9 when _pinned.Count < MostPins && !asset.MayBeDeleted:
                return PinAsync(asset);
            case 10 when _random.Next(3) == 0:
                return UnpinAsync();
            default:
                _waiting.Add(WaitAsync(asset, new Random(_random.Next())));
                return Task.CompletedTask;
        }
    }

    private AssetIngested Publish(TornAsset asset)
    {
        // Now and then only said to have changed.
        if (asset.Newest is null || _random.Next(3) > 0)
        {
            asset.NextVersion(SyntheticJp2.Bytes(_random.Next(5_000, TortureSettings.Largest), _random.Next()));
            world.Source.Put(CopyWorld.Bucket, $"{asset.Id}", asset.Newest!);
        }

        return new AssetIngested { Id = asset.Id, Source = CopyWorld.Uri($"{asset.Id}"), Lane = Lanes[_random.Next(Lanes.Length)] };
    }

    /// <param name="used">The asset that this is a use of.</param>
    private async Task SendAsync(AssetEvent what, TornAsset? used)
    {
        var sent = Stopwatch.GetTimestamp();
        await world.AskAsync(_random, api => api.SendAsync([what]));
        used?.Used(sent);
    }

    /// <summary>As an orchestrator does, without a word: its touch is what is left of it.</summary>
    private void Read(TornAsset asset)
    {
        try
        {
            var read = Stopwatch.GetTimestamp();
            File.SetLastAccessTimeUtc(Path.Combine(world.Store, asset.Path), DateTime.UtcNow);
            // Two clocks may differ by so much that a touch so soon after another use isn't seen.
            asset.Used(read - 2 * Stopwatch.Frequency);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
        }
    }

    private async Task PinAsync(TornAsset asset)
    {
        await world.AskAsync(_random, api => api.PinAsync($"{asset.Id}"));
        asset.Pinned(true);
        _pinned.Add(asset);
    }

    private async Task UnpinAsync()
    {
        foreach (var asset in _pinned)
        {
            asset.Pinned(false);
            await world.AskAsync(_random, async api =>
            {
                try
                {
                    await api.UnpinAsync($"{asset.Id}");
                }
                catch (UnderstudyException e) when (e.Status == HttpStatusCode.NotFound)
                {
                    // Done by a call whose answer was lost.
                }

                return "";
            });
        }

        _pinned.Clear();
    }

    private async Task WaitAsync(TornAsset asset, Random random)
    {
        try
        {
            var view = await world.Workers[random.Next(world.Workers.Length)].AskAsync((_, api) => api.EnsureAsync(asset.Id, TimeSpan.FromSeconds(random.Next(3))));
            Answers.AddOrUpdate(view is null ? "none" : $"{view.State}", 1, (_, n) => n + 1);
        }
        catch (UnderstudyException e)
        {
            Answers.AddOrUpdate($"{e.Status}", 1, (_, n) => n + 1);
        }
    }
}
