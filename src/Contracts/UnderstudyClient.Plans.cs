using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>A page of plans: dead ones newest first, others by when they are due.</summary>
    /// <param name="state"><see cref="AssetState.Pending"/>, <see cref="AssetState.Running"/> or <see cref="AssetState.Dead"/>.</param>
    public async Task<PageView<PlanSummary>> PlanListAsync(
        AssetState state, PlanFilter? filter = null, string? after = null, int? limit = null, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/plans/list{Query(state, filter, ("after", after), ("limit", limit?.ToString(CultureInfo.InvariantCulture)))}", cancel);
        return await ReadAsync<PageView<PlanSummary>>(response, cancel);
    }

    /// <summary>How many plans such a list has.</summary>
    public async Task<PlansCounted> CountPlansAsync(AssetState state, PlanFilter? filter = null, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/plans/count{Query(state, filter)}", cancel);
        return await ReadAsync<PlansCounted>(response, cancel);
    }

    /// <summary>What plans were given up for, the most first.</summary>
    public async Task<IReadOnlyList<FaultGroup>> PlanFaultsAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/plans/faults", cancel);
        return await ReadAsync<IReadOnlyList<FaultGroup>>(response, cancel);
    }

    /// <summary>Tries all dead plans again that match.</summary>
    public Task<PlanActionView> RetryPlansAsync(PlanFilter filter, CancellationToken cancel = default) => ActAsync("retry", new PlanActionRequest(filter), cancel);

    /// <summary>Gives all dead plans up for good that match.</summary>
    public Task<PlanActionView> DropPlansAsync(PlanFilter filter, bool force = false, CancellationToken cancel = default) => ActAsync("drop", new PlanActionRequest(filter, force), cancel);

    /// <summary>The newest 100 of what was done to many plans, newest first.</summary>
    public async Task<IReadOnlyList<PlanActionView>> PlanActionsAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/plans/actions", cancel);
        return await ReadAsync<IReadOnlyList<PlanActionView>>(response, cancel);
    }

    public async Task<PlanActionView> PlanActionAsync(Guid id, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/plans/actions/{id}", cancel);
        return await ReadAsync<PlanActionView>(response, cancel);
    }

    /// <summary>Gives an asset's dead plan up for good.</summary>
    /// <exception cref="UnderstudyException">404 it has none; 409 it isn't dead, or caches may still serve what they should have forgotten and <paramref name="force"/> isn't set.</exception>
    public async Task<AssetView> DropPlanAsync(AssetId id, bool force = false, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync($"{Path(id)}/plan{(force ? "?force=true" : "")}", cancel);
        return await ReadAsync<AssetView>(response, cancel);
    }

    private async Task<PlanActionView> ActAsync(string verb, PlanActionRequest request, CancellationToken cancel)
    {
        using var response = await http.PostAsJsonAsync($"api/v1/plans/{verb}", request, Wire.Json, cancel);
        return await ReadAsync<PlanActionView>(response, cancel);
    }

    private static string Query(AssetState state, PlanFilter? filter, params (string Name, string? Value)[] more) => Query(
    [
        ("state", Word<AssetState>(state)), ("lane", Word(filter?.Lane)), ("stage", filter?.Stage), ("fault", Word(filter?.Fault)),
        ("customer", filter?.Customer?.ToString(CultureInfo.InvariantCulture)), ("reason", filter?.Reason), .. more,
    ]);

    /// <summary>With its question mark; empty where nothing is given.</summary>
    private static string Query(params (string Name, string? Value)[] parts)
    {
        var given = string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return given.Length == 0 ? "" : $"?{given}";
    }

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } given ? JsonNamingPolicy.CamelCase.ConvertName(given.ToString()) : null;
}
