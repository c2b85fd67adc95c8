using System.Net.Http.Json;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>Has caches forget an asset, and looks whether they did; <see cref="AssetView.Purge"/> says how far that is.</summary>
    public async Task<AssetView> PurgeAsync(AssetId id, PurgeOptions? options = null, CancellationToken cancel = default)
    {
        using var response = await http.PostAsJsonAsync($"{Path(id)}/purge", options ?? new PurgeOptions(), Wire.Json, cancel);
        return await ReadAsync<AssetView>(response, cancel);
    }

    /// <summary>Has caches forget many assets.</summary>
    /// <param name="key">Asking twice with the same key is asking once.</param>
    public async Task<BulkPurgeView> BeginPurgeAsync(PurgeRequest request, string? key = null, CancellationToken cancel = default)
    {
        using var response = await PostAsync(request with { DryRun = false }, key, cancel);
        return await ReadAsync<BulkPurgeView>(response, cancel);
    }

    /// <summary>What a purge would do; nothing is done.</summary>
    public async Task<PurgePreview> PreviewPurgeAsync(PurgeRequest request, CancellationToken cancel = default)
    {
        using var response = await PostAsync(request with { DryRun = true }, null, cancel);
        return await ReadAsync<PurgePreview>(response, cancel);
    }

    /// <summary>The newest purges of many assets, newest first.</summary>
    public async Task<IReadOnlyList<BulkPurgeView>> PurgesAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/purges", cancel);
        return await ReadAsync<IReadOnlyList<BulkPurgeView>>(response, cancel);
    }

    public async Task<BulkPurgeView> PurgeAsync(Guid id, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/purges/{id}", cancel);
        return await ReadAsync<BulkPurgeView>(response, cancel);
    }

    public async Task<BulkPurgeView> CancelPurgeAsync(Guid id, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync($"api/v1/purges/{id}", cancel);
        return await ReadAsync<BulkPurgeView>(response, cancel);
    }

    /// <summary>The caches that are purged, by name.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/targets", cancel);
        return await ReadAsync<IReadOnlyList<string>>(response, cancel);
    }

    /// <summary>How these caches take what they are told.</summary>
    public async Task<IReadOnlyList<TargetHealthView>> TargetHealthAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/targets/health", cancel);
        return await ReadAsync<IReadOnlyList<TargetHealthView>>(response, cancel);
    }

    private async Task<HttpResponseMessage> PostAsync(PurgeRequest request, string? key, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/v1/purges") { Content = JsonContent.Create(request, options: Wire.Json) };
        if (key is not null)
            message.Headers.Add("Idempotency-Key", key);
        return await http.SendAsync(message, cancel);
    }
}
