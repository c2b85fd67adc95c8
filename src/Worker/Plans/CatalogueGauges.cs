using System.Diagnostics.Metrics;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Hosting;

namespace Understudy.Plans;

/// <summary>What only the catalogue knows, as metrics: plans by lane and state, purges that aren't done, and the store's bytes; and whether it answers. Looked up now and then, not at each scrape.</summary>
internal sealed class CatalogueGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _catalogue;
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<(string Lane, string State, long Plans, double OldestDue)> _plans = [];
    private volatile IReadOnlyList<(string Kind, long Bytes)> _store = [];
    private (long Unfinished, double Oldest) _purges;
    private long _copies;
    private long _lookedAt;

    public CatalogueGauges(NpgsqlDataSource catalogue, TimeProvider time)
    {
        (_catalogue, _time) = (catalogue, time);
        var meter = Telemetry.Meter;
        _lookedAt = time.GetTimestamp();
        meter.CreateObservableGauge("understudy.plans", () => _plans.Select(p => new Measurement<long>(p.Plans, Lane(p.Lane), State(p.State))), "{plan}", "Plans, by lane and state");
        meter.CreateObservableGauge("understudy.plans.overdue", () => _plans.Where(p => p.State == "pending").Select(p => new Measurement<double>(p.OldestDue, Lane(p.Lane))), "s", "For how long the oldest pending plan of a lane has been due; negative: until it is");
        meter.CreateObservableGauge("understudy.store.bytes", () => _store.Select(s => new Measurement<long>(s.Bytes, new KeyValuePair<string, object?>("kind", s.Kind))), "By", "Bytes of the store: used by copies, reserved for attempts, retired but kept for readers");
        meter.CreateObservableGauge("understudy.purges.unfinished", () => _purges.Unfinished, "{purge}", "Assets whose caches aren't all purged yet");
        meter.CreateObservableGauge("understudy.purges.oldest", () => _purges.Oldest, "s", "For how long the oldest unfinished purge has been");
        meter.CreateObservableGauge("understudy.catalogue.silent", () => _time.GetElapsedTime(Interlocked.Read(ref _lookedAt)).TotalSeconds, "s", "Since when the catalogue hasn't answered this worker, which asks every 10 s");
        meter.CreateObservableGauge("understudy.store.copies", () => Interlocked.Read(ref _copies), "{copy}", "Copies in the store");
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            try
            {
                await LookAsync(stop);
            }
            catch (NpgsqlException)
            {
                // The registry logs that the catalogue is away; old figures are better than none.
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await using var plans = _catalogue.CreateCommand(Sql.Named("Plans.CountPlans"));
        await using (var row = await plans.ExecuteReaderAsync(cancel))
        {
            var counts = new List<(string, string, long, double)>();
            while (await row.ReadAsync(cancel))
                counts.Add((((Contracts.Lane)row.GetInt16(0)).ToString().ToLowerInvariant(), row.GetString(1), row.GetInt64(2), row.GetDouble(4)));
            _plans = counts;
        }

        await using var purges = _catalogue.CreateCommand("select count(*), coalesce(extract(epoch from now() - min(u.begun_at)), 0)::float8 from plan p join purge u using (asset_id) where p.stage = 'purge'");
        await using (var row = await purges.ExecuteReaderAsync(cancel))
        {
            await row.ReadAsync(cancel);
            _purges = (row.GetInt64(0), row.GetDouble(1));
        }

        await using var store = _catalogue.CreateCommand("select copies, used, reserved, retired from store");
        await using (var row = await store.ExecuteReaderAsync(cancel))
        {
            await row.ReadAsync(cancel);
            Interlocked.Exchange(ref _copies, row.GetInt64(0));
            _store = [("used", row.GetInt64(1)), ("reserved", row.GetInt64(2)), ("retired", row.GetInt64(3))];
        }

        Interlocked.Exchange(ref _lookedAt, _time.GetTimestamp());
    }

    private static KeyValuePair<string, object?> Lane(string lane) => new("lane", lane);

    private static KeyValuePair<string, object?> State(string state) => new("state", state);
}
