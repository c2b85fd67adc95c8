using Understudy.Contracts;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// Asks the workers about assets, one after the other, and holds them to what they say: present without a plan means that the newest acknowledged
/// event is done, and from then on nobody may read anything older.
/// </summary>
internal sealed class Auditor(IReadOnlyList<CrashAsset> assets, IReadOnlyList<WorkerProcess> workers, Ledger ledger, int seed)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var asset = assets[_random.Next(assets.Count)];
            var (acknowledged, source) = (asset.Acknowledged, asset.Source?.Number ?? 0);
            if (acknowledged > 0 && await workers[_random.Next(workers.Count)].AskAsync((_, api) => FindAsync(api, asset)) is { Found: var view })
                Judge(asset, acknowledged, source, view);
            await Task.Delay(Rest, CancellationToken.None);
        }
    }

    private void Judge(CrashAsset asset, int acknowledged, int source, AssetView? view)
    {
        if (view is null)
            ledger.Violation($"{asset.Id}: never heard of, though an event for it was acknowledged");
        else if (view is not { State: AssetState.Present, Plan: null, Copy: { } copy })
            return;
        else if (asset.NumberOfETag(copy.ETag, source) is not { } number)
        {
            // The source may have changed, and been copied, since the question was asked.
            if (asset.NumberOfETag(copy.ETag, int.MaxValue) is null)
                ledger.Violation($"{asset.Id}: present with ETag {copy.ETag}, which its source never had");
        }
        else if (number < acknowledged)
            ledger.Violation($"{asset.Id}: present with state {number} of its source, though {acknowledged} was acknowledged");
        else
            asset.Raise(number);
    }

    private static async Task<Answer> FindAsync(UnderstudyClient api, CrashAsset asset)
    {
        try
        {
            return new Answer(await api.FindAsync(asset.Id));
        }
        catch (UnderstudyException e) when ((int)e.Status >= 500)
        {
            // The catalogue is away.
            throw new HttpRequestException(e.Message, e);
        }
    }

    private sealed record Answer(AssetView? Found);
}
