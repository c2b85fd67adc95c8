using System.Globalization;
using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Scavenging.Uses;
using Understudy.Scavenging.Worth;

namespace Understudy.Api;

/// <summary>Numbers that tell whether the store is worth it, and the uses that were recorded.</summary>
internal static class WorthEndpoints
{
    private const int DefaultDays = 30;
    private const int MostDays = 3650;

    public static void MapWorth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/worth", WorthAsync).RequireRead()
            .WithSummary("Whether the store is worth it: hits and misses, copies that nobody used or that came back within a day, how early copies were; in all, by customer and by day.")
            .Produces<WorthView>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/uses", Uses).RequireRead()
            .WithSummary("The recorded uses as lines of time,id,size, in the order of time. The size is that of the copy, or of the last one there was; it is missing where there never was one.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> WorthAsync(string? days, string? neverUsed, WorthSums worth, TimeProvider time, CancellationToken cancel)
    {
        var most = DefaultDays;
        if (days is not null && (!int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostDays))
            return Problems.Invalid("days", days, $"must be from 1 to {MostDays}");
        var withNeverUsed = true;
        if (neverUsed is not null && !bool.TryParse(neverUsed, out withNeverUsed))
            return Problems.Invalid("neverUsed", neverUsed, "must be true or false");
        return TypedResults.Ok(await worth.SinceAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(1 - most), withNeverUsed, cancel));
    }

    private static IResult Uses(string? since, RecordedUses uses, TimeProvider time, CancellationToken cancel)
    {
        var from = DateTimeOffset.UnixEpoch;
        if (since is not null && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from))
            return Problems.Invalid("since", since, "must be a time such as 2026-11-23T07:00:00Z");
        // What comes while it is read is left out, or a busy site's would never end.
        var until = time.GetUtcNow();
        return TypedResults.Stream(body => WriteAsync(uses.ReadAsync(from, until, cancel), body, cancel), "text/csv; charset=utf-8");
    }

    private static async Task WriteAsync(IAsyncEnumerable<RecordedUse> uses, Stream body, CancellationToken cancel)
    {
        await using var lines = new StreamWriter(body, bufferSize: 1 << 15);
        await lines.WriteAsync("time,id,size\n");
        await foreach (var use in uses.WithCancellation(cancel))
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{use.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z,{use.Asset},{use.Bytes}\n");
            for (var i = 0; i < use.Hits; i++)
                await lines.WriteAsync(line);
        }
    }
}
