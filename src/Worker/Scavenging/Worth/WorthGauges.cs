using System.Diagnostics.Metrics;
using Npgsql;
using Understudy.Contracts;
using Understudy.Hosting;

namespace Understudy.Scavenging.Worth;

/// <summary>Keeps the sums added up, and shows them as metrics.</summary>
internal sealed class WorthGauges : BackgroundService
{
    private const int DaysOfLead = 7;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // It reads every copy.
    private static readonly TimeSpan NeverUsedInterval = TimeSpan.FromMinutes(15);

    private readonly WorthSums _worth;
    private readonly TimeProvider _time;
    private volatile IReadOnlyDictionary<string, CopySum> _sums = new Dictionary<string, CopySum>();
    private volatile LeadView? _lead;
    private volatile CopySum? _neverUsed;

    public WorthGauges(WorthSums worth, TimeProvider time)
    {
        (_worth, _time) = (worth, time);
        var meter = Telemetry.Meter;
        meter.CreateObservableCounter("understudy.worth.uses", () => Of("outcome", s => s.Copies, "hit", "miss"), "{use}", "Uses of assets, by whether their copy was there");
        meter.CreateObservableCounter("understudy.worth.copies", () => Of("kind", s => s.Copies, "made", "early", "late", "again", "gone", "unused"), "{copy}", "Copies made; ready before their first use or late; made less than a day after they were evicted; gone, and of these never used");
        meter.CreateObservableCounter("understudy.worth.bytes", () => Of("kind", s => s.Bytes, "made", "late", "again", "gone", "unused"), "By", "Their bytes");
        meter.CreateObservableGauge("understudy.worth.lead", Leads, "s", $"How long before their first use copies were ready, of the last {DaysOfLead} days");
        meter.CreateObservableGauge("understudy.worth.never_used", () => Now(s => s.Copies), "{copy}", "Copies in the store that nobody has used since they were made");
        meter.CreateObservableGauge("understudy.worth.never_used.bytes", () => Now(s => s.Bytes), "By", "Their bytes");
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        long? looked = null;
        do
        {
            try
            {
                await _worth.FoldAsync(stop);
                (_sums, _lead) = await _worth.TotalsAsync(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(1 - DaysOfLead), stop);
                if (looked is { } last && _time.GetElapsedTime(last) < NeverUsedInterval)
                    continue;
                var neverUsed = await _worth.NeverUsedAsync(stop);
                _neverUsed = new CopySum(neverUsed.Values.Sum(s => s.Copies), neverUsed.Values.Sum(s => s.Bytes));
                looked = _time.GetTimestamp();
            }
            catch (NpgsqlException)
            {
                // The registry logs that the catalogue is away; what isn't added up now is later.
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private IEnumerable<Measurement<long>> Of(string label, Func<CopySum, long> value, params string[] kinds) =>
        kinds.Where(_sums.ContainsKey).Select(k => new Measurement<long>(value(_sums[k]), new KeyValuePair<string, object?>(label, k)));

    private IEnumerable<Measurement<double>> Leads() => _lead is not { } lead ? [] :
    [
        new(lead.P50Seconds, new KeyValuePair<string, object?>("quantile", "0.5")), new(lead.P90Seconds, new KeyValuePair<string, object?>("quantile", "0.9")),
        new(lead.P99Seconds, new KeyValuePair<string, object?>("quantile", "0.99")),
    ];

    private IEnumerable<Measurement<long>> Now(Func<CopySum, long> value) => _neverUsed is { } sum ? [new(value(sum))] : [];
}
