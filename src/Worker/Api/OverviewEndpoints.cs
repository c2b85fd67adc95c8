using Understudy.Api.Keys;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;
using Understudy.Overview;

namespace Understudy.Api;

/// <summary>What operators look at: what is going on, what was done lately, what fills the store, what the worker runs with.</summary>
internal static class OverviewEndpoints
{
    public static void MapOverview(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/usage", UsageAsync).RequireRead()
            .WithSummary("What the store holds, by customer, or by the spaces of a ?customer=; the largest 1,000.").Produces<UsageView>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/copies", CopiesAsync).RequireRead()
            .WithSummary("Copies, a page at a time: ?order=coldest (the first to go when room is needed first) or largest, ?after= ?limit=")
            .Produces<PageView<CandidateView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/throughput", ThroughputAsync).RequireRead()
            .WithSummary("What all workers did in the last hour, by ?step=1m or 10s.").Produces<ThroughputView>().ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/api/v1/stream", Listen).RequireRead()
            .WithSummary("Server-sent events: a 'tick' each second with what is going on; 'away' while the catalogue is. 503 where too many listen.")
            .Produces<LiveView>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        app.MapGet("/api/v1/configuration", Configuration).RequireRead()
            .WithSummary("Every value that this worker runs with, and where it comes from; secrets are hidden.").Produces<ConfigurationValue[]>();
    }

    private static async Task<IResult> UsageAsync(string? customer, StoreUse use, CancellationToken cancel) =>
        Query.TryNumber(customer, 0, int.MaxValue, out var ofCustomer)
            ? TypedResults.Ok(await use.ViewAsync(ofCustomer, cancel))
            : Problems.Invalid("customer", customer, "must be a whole number from 0 up");

    private static async Task<IResult> CopiesAsync(string? order, string? after, string? limit, StoreUse use, CancellationToken cancel)
    {
        if (order is not ("coldest" or "largest"))
            return Problems.Invalid("order", order, "must be coldest or largest");
        if (!Query.TryNumber(limit, 1, 1000, out var most))
            return Problems.Invalid("limit", limit, "must be a whole number from 1 to 1000");
        CopyPlace? place = null;
        if (after is not null && (place = CopyPlace.Parse(after)) is null)
            return Problems.Invalid("after", after, "must be the 'next' of the page before");
        return TypedResults.Ok(await use.CopiesAsync(order == "largest", place, most ?? 100, cancel));
    }

    private static async Task<IResult> ThroughputAsync(string? step, Throughput throughput, CancellationToken cancel) => step switch
    {
        null or "1m" => TypedResults.Ok(await throughput.ViewAsync(TimeSpan.FromMinutes(1), cancel)),
        "10s" => TypedResults.Ok(await throughput.ViewAsync(TimeSpan.FromSeconds(10), cancel)),
        _ => Problems.Invalid("step", step, "must be 1m or 10s"),
    };

    private static IResult Listen(LiveFeed feed) => feed.Listen() is { } news
        ? TypedResults.ServerSentEvents(news)
        : Problems.Of(StatusCodes.Status503ServiceUnavailable, $"{LiveFeed.MostListeners} listen already, or the worker is about to stop; ask GET /api/v1/plans now and then instead");

    private static ConfigurationValue[] Configuration(OptionsSections sections, IConfiguration configuration) =>
        [.. ConfigurationReport.Of(sections, (IConfigurationRoot)configuration).Select(v => new ConfigurationValue(v.Key, v.Value, v.Source))];
}
