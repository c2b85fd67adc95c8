using Understudy.Bench.Contenders;
using Understudy.Contracts;

namespace Understudy.Bench.Warm;

/// <summary>One bulk warming of all copies, and that all of it was good.</summary>
internal sealed class BulkWarming(WorkerService worker)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the worker says that it is over: that, it notices once a second.</summary>
    public async Task<WarmingView> RunAsync(TimeSpan limit, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(limit);
        try
        {
            var warming = await worker.Client.BeginWarmingAsync(new WarmingRequest(KnownCopies.Customer), bounded.Token);
            while (warming.EndedAt is null)
            {
                await Task.Delay(Look, TimeProvider.System, bounded.Token);
                warming = await worker.Client.WarmingAsync(warming.Id, bounded.Token);
            }

            return warming is { Failed: 0, Skipped: 0, BadRequests: 0 }
                ? warming
                : throw new BenchException($"of {warming.Total} assets {warming.Failed} failed, {warming.Skipped} were left out, and {warming.BadRequests} answers were bad: {await ReasonAsync(cancel)}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"the warming took longer than {limit.TotalSeconds:0} s; the worker's log ends: {worker.LastWords()}");
        }
    }

    private async Task<string?> ReasonAsync(CancellationToken cancel) =>
        (await worker.Client.PlansAsync(cancel)).Count == 0
            ? null
            : (await worker.Client.FindAsync(AssetId.Parse($"{KnownCopies.Customer}/1/image-00001"), cancel))?.Plan?.Reason ?? worker.LastWords();
}
