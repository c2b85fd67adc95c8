namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>The header that says for whom a key acts that may act for others (<c>Api:Keys:n:ActsForOthers</c>), percent-encoded.</summary>
    public const string OnBehalfOfHeader = "X-Understudy-User";

    /// <summary>Whom the worker takes this client for.</summary>
    public async Task<CallerView> MeAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/me", cancel);
        return await ReadAsync<CallerView>(response, cancel);
    }

    /// <summary>A small picture of the asset, from the tile cluster.</summary>
    /// <exception cref="UnderstudyException">404 no copy, 409 no image server is configured, 502 none gave a picture.</exception>
    public async Task<Picture> PictureAsync(AssetId id, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"{Path(id)}/picture", cancel);
        if (!response.IsSuccessStatusCode)
            throw await UnderstudyException.FromAsync(response, cancel);
        return new Picture(response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsByteArrayAsync(cancel));
    }
}
