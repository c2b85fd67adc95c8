using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class FlowMetricsTests
{
    [Fact]
    public async Task Metrics_show_the_limit_the_fetches_under_way_and_who_queues()
    {
        using var meter = new Meter("test");
        var gate = new FetchGate(new FlowOptions { MinConnections = 1, StartConnections = 1, MaxConnections = 1 }, new FakeTimeProvider());
        FlowMetrics.Observe(meter, gate);
        using var slot = await gate.EnterAsync(new FlowTicket(1, Lane.Hit), 1, default);
        using var cancel = new CancellationTokenSource();
        var queued = gate.EnterAsync(new FlowTicket(1, Lane.Bulk), 1, cancel.Token).AsTask();

        var seen = Measure(meter);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        Assert.Equal(
            ["understudy.fetch.in_flight=1", "understudy.fetch.limit=1",
                "understudy.fetch.queued ahead=0", "understudy.fetch.queued bulk=1", "understudy.fetch.queued hit=0",
                "understudy.fetch.queued ingest=0", "understudy.fetch.queued waiting=0"],
            seen.Order(StringComparer.Ordinal));
    }

    private static List<string> Measure(Meter meter)
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == meter)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
            seen.Add($"{instrument.Name}{string.Concat(tags.ToArray().Select(t => $" {t.Value}"))}={value}"));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
