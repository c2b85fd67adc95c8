using System.Net;
using System.Net.Http.Json;
using Understudy.Contracts;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// Plays an asset's steps: changes the source, then sends the event again and again until a worker answers 202. After that it is the workers' to lose.
/// </summary>
internal sealed class Publisher(ICrashSource source, IReadOnlyList<WorkerProcess> workers, Pace pace, Ledger ledger)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    public async Task PlayAsync(IReadOnlyList<Step> steps, CancellationToken cancel)
    {
        var lastAt = DateTimeOffset.MinValue;
        AssetEvent? last = null;
        foreach (var step in steps)
        {
            await pace.ReachedAsync(step.Round, cancel);
            var random = new Random(step.Seed);
            var number = await ChangeSourceAsync(step, random);
            // By the publisher's own clock, which ticks at least once between two events: the catalogue counts in microseconds.
            lastAt = Later(lastAt, DateTimeOffset.UtcNow);
            var happened = Event(step, lastAt);
            await SendAsync(happened, random, cancel);
            step.Asset.IsDeleted = step.Kind == StepKind.Delete || step.Kind == StepKind.Use && step.Asset.IsDeleted;
            if (step.Kind != StepKind.Use)
                step.Asset.Acknowledge(number);

            // At least once, and not always in order: some come again, also late.
            if (random.Next(10) == 0)
                await SendAsync(random.Next(2) == 0 || last is null ? happened : last, random, cancel);
            last = happened;
        }
    }

    private async Task<int> ChangeSourceAsync(Step step, Random random)
    {
        var asset = step.Asset;
        switch (step.Kind)
        {
            case StepKind.Ingest or StepKind.Update:
                var bytes = SyntheticJp2.Bytes(step.Bytes, step.Seed);
                asset.History.Add(bytes);
                return await PutAsync(asset, bytes, isSound: true);
            case StepKind.Revert:
                return await PutAsync(asset, asset.History[^2], isSound: true);
            case StepKind.Spoil:
                return await PutAsync(asset, Spoiled(SyntheticJp2.Bytes(step.Bytes, step.Seed), random), isSound: false);
            case StepKind.Vanish:
                var gone = asset.Next(null, isSound: false);
                await source.DeleteAsync(asset.Key);
                return gone.Number;
            case StepKind.Delete:
                // As DLCS does it: the source may go before the event, after it, or stay.
                var deleted = asset.Next(null, isSound: false);
                if (random.Next(2) == 0)
                    await source.DeleteAsync(asset.Key);
                return deleted.Number;
            case StepKind.IngestNothing:
                return asset.Next(null, isSound: false).Number;
            default:
                return asset.Source?.Number ?? 0;
        }
    }

    private async Task<int> PutAsync(CrashAsset asset, byte[] bytes, bool isSound)
    {
        var next = asset.Next(bytes, isSound);
        await source.PutAsync(asset.Key, bytes, asset.InParts);
        return next.Number;
    }

    private static byte[] Spoiled(byte[] bytes, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return bytes[..(bytes.Length / 2)];
            case 1:
                return bytes[..^2];
            case 2:
                return [];
            default:
                random.NextBytes(bytes);
                return bytes;
        }
    }

    private AssetEvent Event(Step step, DateTimeOffset at) => step.Kind switch
    {
        StepKind.Ingest or StepKind.IngestNothing => new AssetIngested { Id = step.Asset.Id, At = at, Source = Address(step.Asset) },
        StepKind.Delete => new AssetDeleted { Id = step.Asset.Id, At = at },
        StepKind.Use => new InfoJsonRequested { Id = step.Asset.Id, At = at },
        _ => new SourceUpdated { Id = step.Asset.Id, At = at, Source = Address(step.Asset) },
    };

    private string Address(CrashAsset asset) => $"s3://{source.Bucket}/{asset.Key}";

    private async Task SendAsync(AssetEvent happened, Random random, CancellationToken cancel)
    {
        while (true)
        {
            var worker = workers[random.Next(workers.Count)];
            using var answer = await worker.AskAsync((http, _) => http.PostAsJsonAsync("api/v1/events", happened, Wire.Json, cancel));
            if (answer is not null)
                ledger.CountSend();
            if (answer?.StatusCode == HttpStatusCode.Accepted)
                return;
            if (answer is { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError })
                throw new InvalidOperationException($"{happened.Id}: the worker refuses the event: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
            await Task.Delay(Rest, cancel);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset last, DateTimeOffset now) => now - last > TimeSpan.FromMicroseconds(2) ? now : last + TimeSpan.FromMicroseconds(2);
}
