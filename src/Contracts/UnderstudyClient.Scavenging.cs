using System.Net.Http.Json;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>Has copies go until the store is at its low water mark.</summary>
    /// <param name="dryRun">Only says which would.</param>
    public async Task<ScavengeView> ScavengeAsync(bool dryRun = false, CancellationToken cancel = default)
    {
        using var response = await http.PostAsJsonAsync("api/v1/scavenges", new ScavengeRequest(dryRun), Wire.Json, cancel);
        return await ReadAsync<ScavengeView>(response, cancel);
    }

    /// <summary>Takes an asset's copy out of the store, as if the room were needed.</summary>
    /// <exception cref="UnderstudyException">404 it has no copy; 409 it is pinned, in use, or has a plan.</exception>
    public Task<AssetView> EvictAsync(AssetId id, CancellationToken cancel = default) => PostAsync(id, "evict", cancel);

    /// <summary>What stays in the store whatever room is needed.</summary>
    public async Task<IReadOnlyList<PinView>> PinsAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/pins", cancel);
        return await ReadAsync<IReadOnlyList<PinView>>(response, cancel);
    }

    /// <param name="scope">A customer (<c>2</c>), a space (<c>2/5</c>) or an asset (<c>2/5/foo</c>).</param>
    public async Task<PinView> PinAsync(string scope, PinRequest? request = null, CancellationToken cancel = default)
    {
        using var response = await http.PutAsJsonAsync(PinPath(scope), request ?? new PinRequest(), Wire.Json, cancel);
        return await ReadAsync<PinView>(response, cancel);
    }

    /// <inheritdoc cref="PinAsync"/>
    public async Task UnpinAsync(string scope, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync(PinPath(scope), cancel);
        if (!response.IsSuccessStatusCode)
            throw await UnderstudyException.FromAsync(response, cancel);
    }

    private static string PinPath(string scope) => AssetId.TryParse(scope, out var id) ? $"{Path(id)}/pin" : $"api/v1/pins/{scope}";
}
