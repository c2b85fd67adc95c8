using System.Globalization;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>Whether the store is worth it: hits and misses, copies that nobody used, how early copies were.</summary>
    /// <param name="days">Of the last so many days, today included.</param>
    /// <param name="neverUsed">With <see cref="WorthView.NeverUsed"/>, for which the worker reads every copy: 1.5 s a million.</param>
    public async Task<WorthView> WorthAsync(int days = 30, bool neverUsed = true, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/worth?days={days.ToString(CultureInfo.InvariantCulture)}{(neverUsed ? "" : "&neverUsed=false")}", cancel);
        return await ReadAsync<WorthView>(response, cancel);
    }

    /// <summary>The recorded uses, a line each: <c>time,id,size</c> with a heading, in the order of time. As a stream: there may be many millions.</summary>
    public async Task CopyUsesAsync(Stream to, DateTimeOffset? since = null, CancellationToken cancel = default)
    {
        var query = since is { } from ? $"?since={Uri.EscapeDataString(from.ToString("o", CultureInfo.InvariantCulture))}" : "";
        using var response = await http.GetAsync($"api/v1/uses{query}", HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!response.IsSuccessStatusCode)
            throw await UnderstudyException.FromAsync(response, cancel);
        await response.Content.CopyToAsync(to, cancel);
    }
}
