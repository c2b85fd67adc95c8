using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Understudy.Contracts;

/// <summary>The worker's HTTP API, typed. The <see cref="HttpClient"/> brings the base address, and the key as a bearer token.</summary>
public sealed partial class UnderstudyClient(HttpClient http)
{
    /// <summary>Hands events over; when it returns they are committed to the catalogue.</summary>
    public async Task<EventsAccepted> SendAsync(IEnumerable<AssetEvent> events, CancellationToken cancel = default)
    {
        using var response = await http.PostAsJsonAsync("api/v1/events", events.ToArray(), Wire.Json, cancel);
        return await ReadAsync<EventsAccepted>(response, cancel);
    }

    /// <summary>Wants the asset in the store, and waits for it for <paramref name="wait"/> at the most.</summary>
    /// <returns>The asset; <see cref="AssetView.State"/> is <see cref="AssetState.Present"/> where the copy is there.</returns>
    /// <exception cref="UnderstudyException">404 no source, 422 bad source, 503 no room.</exception>
    public async Task<AssetView> EnsureAsync(AssetId id, TimeSpan wait = default, CancellationToken cancel = default)
    {
        var seconds = wait.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture);
        using var response = await http.PutAsync($"{Path(id)}?wait={seconds}s", null, cancel);
        return await ReadAsync<AssetView>(response, cancel);
    }

    /// <returns>null for an asset that was never heard of.</returns>
    public async Task<AssetView?> FindAsync(AssetId id, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync(Path(id), cancel);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<AssetView>(response, cancel);
    }

    /// <summary>A page of assets in the order of their ids.</summary>
    /// <param name="stage">Only those whose plan is at this stage; <paramref name="state"/> is the plan's then.</param>
    /// <param name="query">What the id begins with, such as <c>2/5/fo</c>; with customer and space also what its last part begins with.</param>
    public async Task<PageView<AssetSummary>> ListAsync(
        int? customer = null, int? space = null, AssetState? state = null, string? after = null, int? limit = null, string? stage = null, string? query = null,
        CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/assets" + Query(
            ("q", query),
            ("customer", customer?.ToString(CultureInfo.InvariantCulture)),
            ("space", space?.ToString(CultureInfo.InvariantCulture)),
            ("state", Word(state)),
            ("stage", stage),
            ("after", after),
            ("limit", limit?.ToString(CultureInfo.InvariantCulture))), cancel);
        return await ReadAsync<PageView<AssetSummary>>(response, cancel);
    }

    /// <summary>Looks at the source again and replaces the copy where it changed.</summary>
    public Task<AssetView> RefreshAsync(AssetId id, CancellationToken cancel = default) => PostAsync(id, "refresh", cancel);

    /// <summary>Tries a plan again now, also a dead one.</summary>
    public Task<AssetView> RetryAsync(AssetId id, CancellationToken cancel = default) => PostAsync(id, "retry", cancel);

    /// <summary>Removes the copy.</summary>
    public async Task<AssetView> DeleteAsync(AssetId id, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync(Path(id), cancel);
        return await ReadAsync<AssetView>(response, cancel);
    }

    public async Task<StoreView> StoreAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/store", cancel);
        return await ReadAsync<StoreView>(response, cancel);
    }

    /// <summary>What is still to do, by lane and state.</summary>
    public async Task<IReadOnlyList<PlanCount>> PlansAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/plans", cancel);
        return await ReadAsync<IReadOnlyList<PlanCount>>(response, cancel);
    }

    public async Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/workers", cancel);
        return await ReadAsync<IReadOnlyList<WorkerView>>(response, cancel);
    }

    /// <summary>The queues that this worker receives from.</summary>
    public async Task<IReadOnlyList<QueueView>> QueuesAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/queues", cancel);
        return await ReadAsync<IReadOnlyList<QueueView>>(response, cancel);
    }

    /// <summary>Has the image servers asked for what the asset's first viewers will ask for.</summary>
    public Task<AssetView> WarmAsync(AssetId id, CancellationToken cancel = default) => PostAsync(id, "warm", cancel);

    /// <summary>Begins a bulk warming.</summary>
    public async Task<WarmingView> BeginWarmingAsync(WarmingRequest request, CancellationToken cancel = default)
    {
        using var response = await http.PostAsJsonAsync("api/v1/warmings", request, Wire.Json, cancel);
        return await ReadAsync<WarmingView>(response, cancel);
    }

    /// <summary>The newest bulk warmings, newest first.</summary>
    public async Task<IReadOnlyList<WarmingView>> WarmingsAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/warmings", cancel);
        return await ReadAsync<IReadOnlyList<WarmingView>>(response, cancel);
    }

    public async Task<WarmingView> WarmingAsync(Guid id, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/warmings/{id}", cancel);
        return await ReadAsync<WarmingView>(response, cancel);
    }

    public async Task<WarmingView> CancelWarmingAsync(Guid id, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync($"api/v1/warmings/{id}", cancel);
        return await ReadAsync<WarmingView>(response, cancel);
    }

    /// <summary>The image servers' nodes, and what the worker's warming does to each.</summary>
    public async Task<IReadOnlyList<NodeView>> NodesAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/nodes", cancel);
        return await ReadAsync<IReadOnlyList<NodeView>>(response, cancel);
    }

    private async Task<AssetView> PostAsync(AssetId id, string verb, CancellationToken cancel)
    {
        using var response = await http.PostAsync($"{Path(id)}/{verb}", null, cancel);
        return await ReadAsync<AssetView>(response, cancel);
    }

    private static string Path(AssetId id) =>
        string.Create(CultureInfo.InvariantCulture, $"api/v1/assets/{id.Customer}/{id.Space}/{Uri.EscapeDataString(id.Asset)}");

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
            throw await UnderstudyException.FromAsync(response, cancel);
        return await response.Content.ReadFromJsonAsync<T>(Wire.LenientJson, cancel)
            ?? throw new UnderstudyException(response.StatusCode, "the worker answered null");
    }
}
