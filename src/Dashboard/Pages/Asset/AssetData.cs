using Understudy.Contracts;

namespace Understudy.Dashboard.Pages.Asset;

/// <summary>Everything that an asset's page shows.</summary>
/// <param name="Pins">Of the asset itself, its space and its customer.</param>
/// <param name="Targets">The caches that are purged.</param>
public sealed record AssetData(AssetView Asset, IReadOnlyList<PinView> Pins, IReadOnlyList<string> Targets, bool HasImageServer)
{
    /// <returns>null for an asset that was never heard of.</returns>
    public static async Task<AssetData?> FindAsync(UnderstudyClient api, AssetId id, CancellationToken cancel)
    {
        var (asset, pins, targets, nodes) = (api.FindAsync(id, cancel), api.PinsAsync(cancel), api.TargetsAsync(cancel), api.NodesAsync(cancel));
        await Task.WhenAll(asset, pins, targets, nodes);
        string[] scopes = [$"{id.Customer}", $"{id.Customer}/{id.Space}", $"{id}"];
        return await asset is { } found ? new AssetData(found, [.. (await pins).Where(p => scopes.Contains(p.Scope))], await targets, (await nodes).Count > 0) : null;
    }

    public bool IsPinned => Pins.Any(p => p.Scope == $"{Asset.Id}");
}
