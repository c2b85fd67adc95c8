using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>What the store holds, by customer, or by space of <paramref name="customer"/>.</summary>
    public async Task<UsageView> UsageAsync(int? customer = null, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/usage{Query(("customer", customer?.ToString(CultureInfo.InvariantCulture)))}", cancel);
        return await ReadAsync<UsageView>(response, cancel);
    }

    /// <summary>A page of copies: the first to go when room is needed first, or the largest first.</summary>
    /// <param name="largest">The largest first.</param>
    public async Task<PageView<CandidateView>> CopiesAsync(bool largest, string? after = null, int? limit = null, CancellationToken cancel = default)
    {
        var query = Query(("order", largest ? "largest" : "coldest"), ("after", after), ("limit", limit?.ToString(CultureInfo.InvariantCulture)));
        using var response = await http.GetAsync($"api/v1/copies{query}", cancel);
        return await ReadAsync<PageView<CandidateView>>(response, cancel);
    }

    /// <summary>What all workers did in the last hour, in spans of ten seconds or, unless <paramref name="fine"/>, of a minute.</summary>
    public async Task<ThroughputView> ThroughputAsync(bool fine = false, CancellationToken cancel = default)
    {
        using var response = await http.GetAsync($"api/v1/throughput?step={(fine ? "10s" : "1m")}", cancel);
        return await ReadAsync<ThroughputView>(response, cancel);
    }

    /// <summary>What this worker runs with, and where each value comes from.</summary>
    public async Task<IReadOnlyList<ConfigurationValue>> ConfigurationAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/configuration", cancel);
        return await ReadAsync<IReadOnlyList<ConfigurationValue>>(response, cancel);
    }

    /// <summary>What is going on, once a second, until the worker stops or the catalogue is away for long.</summary>
    public async IAsyncEnumerable<LiveView> LiveAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/stream", HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!response.IsSuccessStatusCode)
            throw await UnderstudyException.FromAsync(response, cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        var happened = "";
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                happened = line["event: ".Length..];
            else if (happened == "tick" && line.StartsWith("data: ", StringComparison.Ordinal))
                yield return JsonSerializer.Deserialize<LiveView>(line["data: ".Length..], Wire.LenientJson)!;
        }
    }
}
