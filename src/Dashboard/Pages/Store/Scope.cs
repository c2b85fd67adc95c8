using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Store;

/// <summary>What is pinned: <c>2</c>, a customer; <c>2/5</c>, one of its spaces; <c>2/5/foo</c>, an asset.</summary>
internal static class Scope
{
    /// <returns>null where it names nothing; it goes into a path of the API, so nothing else may get there.</returns>
    public static string? Find(string? text)
    {
        var given = Typed.Text(text);
        var isScope = given?.Split('/') switch
        {
            [var customer] => AssetId.TryCreate(customer, "0", "x", out _, out _),
            [var customer, var space] => AssetId.TryCreate(customer, space, "x", out _, out _),
            _ => AssetId.TryParse(given, out _),
        };
        return isScope ? given : null;
    }

    /// <summary>Where its assets are listed, or the asset's own page.</summary>
    public static string Address(string scope, Links links) => scope.Split('/') switch
    {
        [var customer] => links.To("/assets", ("customer", customer)),
        [var customer, var space] => links.To("/assets", ("customer", customer), ("space", space)),
        _ => AssetId.TryParse(scope, out var id) ? links.Asset(id) : links.Assets(),
    };
}
