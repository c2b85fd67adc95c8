using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Plans;

/// <summary>A page of plans, and what stands around it.</summary>
/// <param name="Counts">By lane and state, whatever is looked for.</param>
/// <param name="Counted">How many such plans there are; null: as <paramref name="Faults"/>.</param>
/// <param name="Faults">What plans were given up for; null: it isn't shown, or the script only looks for what has changed, and these take the longest.</param>
public sealed record PlansData(
    AssetState State, PageView<PlanSummary> Page, Part<IReadOnlyList<PlanCount>> Counts, Part<PlansCounted>? Counted, Part<IReadOnlyList<FaultGroup>>? Faults)
{
    private const int PageSize = 50;

    public static async Task<PlansData> ReadAsync(PlanSearch search, bool isLook, UnderstudyClient api, TimeProvider time, CancellationToken cancel)
    {
        var (state, filter, after) = (search.PlanState, search.Filter(), Typed.Text(search.After));
        var page = api.PlanListAsync(state, filter, after, PageSize, cancel);
        var counts = Part.OfAsync(api.PlansAsync, time, cancel);
        var counted = isLook ? null : Part.OfAsync(c => api.CountPlansAsync(state, filter, c), time, cancel);
        var faults = isLook || state != AssetState.Dead || after is not null ? null : Part.OfAsync(api.PlanFaultsAsync, time, cancel);
        return new PlansData(state, await page, await counts, counted is null ? null : await counted, faults is null ? null : await faults);
    }

    public long Of(AssetState state, Lane? lane = null) => Counts.Value?.Where(c => c.State == state && (lane is null || c.Lane == lane)).Sum(c => c.Plans) ?? 0;
}
