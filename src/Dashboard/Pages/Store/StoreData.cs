using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Store;

/// <summary>What fills the store, and what would go next.</summary>
/// <param name="Usage">By customer, or by space of <paramref name="Customer"/>; with the copies null where the script only looks for what has changed.</param>
public sealed record StoreData(
    int? Customer,
    Part<StoreView> Store,
    Part<IReadOnlyList<PinView>> Pins,
    Part<UsageView>? Usage,
    Part<PageView<CandidateView>>? Coldest,
    Part<PageView<CandidateView>>? Largest)
{
    private const int Few = 10;

    public static async Task<StoreData> ReadAsync(int? customer, bool isLook, UnderstudyClient api, TimeProvider time, CancellationToken cancel)
    {
        var (store, pins) = (Part.OfAsync(api.StoreAsync, time, cancel), Part.OfAsync(api.PinsAsync, time, cancel));
        if (isLook)
            return new StoreData(customer, await store, await pins, null, null, null);
        var usage = Part.OfAsync(c => api.UsageAsync(customer, c), time, cancel);
        var coldest = Part.OfAsync(c => api.CopiesAsync(largest: false, limit: Few, cancel: c), time, cancel);
        var largest = Part.OfAsync(c => api.CopiesAsync(largest: true, limit: Few, cancel: c), time, cancel);
        return new StoreData(customer, await store, await pins, await usage, await coldest, await largest);
    }
}
