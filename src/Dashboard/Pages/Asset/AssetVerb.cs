using Microsoft.AspNetCore.Http;
using Understudy.Contracts;

namespace Understudy.Dashboard.Pages.Asset;

public sealed record AssetOrder(UnderstudyClient Api, AssetId Id, IFormCollection Form, TimeProvider Time)
{
    public string? Text(string field) => $"{Form[field]}".Trim() is { Length: > 0 } text ? text : null;

    public bool IsChecked(string field) => Form[field].Count > 0;
}

/// <summary>Something that can be done to an asset.</summary>
/// <param name="Asks">There is a form before it.</param>
/// <param name="Done">What the asset's page says afterwards.</param>
public sealed record AssetVerb(string Name, Role Role, bool Asks, string Done, Func<AssetOrder, CancellationToken, Task> Do)
{
    public static readonly IReadOnlyList<AssetVerb> All =
    [
        new("ensure", Role.Publish, false, "It is wanted in the store.", (o, c) => o.Api.EnsureAsync(o.Id, cancel: c)),
        new("refresh", Role.Operate, false, "Its source is looked at again.", (o, c) => o.Api.RefreshAsync(o.Id, c)),
        new("warm", Role.Operate, false, "The image servers are being asked for what its first viewers will ask for.", (o, c) => o.Api.WarmAsync(o.Id, c)),
        new("retry", Role.Operate, false, "Its plan is tried again now.", (o, c) => o.Api.RetryAsync(o.Id, c)),
        new("drop", Role.Operate, true, "Its plan is given up for good.", (o, c) => o.Api.DropPlanAsync(o.Id, o.IsChecked("force"), c)),
        new("pin", Role.Operate, true, "It is pinned: it stays in the store whatever room is needed.", (o, c) => o.Api.PinAsync($"{o.Id}", new PinRequest(Until(o), o.Text("reason")), c)),
        new("unpin", Role.Operate, false, "It is no longer pinned.", (o, c) => o.Api.UnpinAsync($"{o.Id}", c)),
        new("purge", Role.Operate, true, "All chosen caches are told to forget it, and looked at.", (o, c) => o.Api.PurgeAsync(o.Id, Purge(o), c)),
        new("evict", Role.Operate, true, "Its copy goes from the store.", (o, c) => o.Api.EvictAsync(o.Id, c)),
        new("delete", Role.Operate, true, "Its copy is being removed.", (o, c) => o.Api.DeleteAsync(o.Id, c)),
    ];

    public static AssetVerb? Find(string? name) => All.FirstOrDefault(v => v.Name == name);

    private static DateTimeOffset? Until(AssetOrder order) =>
        int.TryParse(order.Text("days"), out var days) && days is > 0 and <= 3650 ? order.Time.GetUtcNow().AddDays(days) : null;

    private static PurgeOptions Purge(AssetOrder order)
    {
        string[] targets = [.. order.Form["target"].OfType<string>()];
        return new PurgeOptions(targets.Length > 0 ? targets : null, order.IsChecked("recopy"), order.IsChecked("warm"), order.Text("reason"));
    }
}
