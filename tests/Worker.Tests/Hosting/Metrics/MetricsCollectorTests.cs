using System.Diagnostics.Metrics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Understudy.Hosting.Metrics;

namespace Understudy.Worker.Tests.Hosting.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly Meter _meter = new("Test." + Guid.NewGuid());
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests() => _collector = Collect(1000);

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counter_is_a_sum_with_total_and_unit_in_its_name()
    {
        var counter = _meter.CreateCounter<long>("copy.bytes", "By", "Bytes copied.");
        counter.Add(5, new KeyValuePair<string, object?>("lane", "hit"));
        counter.Add(7, new KeyValuePair<string, object?>("lane", "hit"));
        var page = Page();
        Assert.Equal("counter", page.Types["copy_bytes_total"]);
        Assert.Equal(12, page["""copy_bytes_total{lane="hit"}"""]);
        Assert.Contains("# HELP copy_bytes_total Bytes copied.\n# TYPE copy_bytes_total counter\n# UNIT copy_bytes_total bytes\n", _collector.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void UpDownCounter_adds_and_gauge_keeps_the_last()
    {
        var running = _meter.CreateUpDownCounter<int>("running");
        running.Add(3);
        running.Add(-1);
        var level = _meter.CreateGauge<double>("level", "1");
        level.Record(0.5);
        level.Record(0.25);
        var page = Page();
        Assert.Equal(("gauge", 2), (page.Types["running"], page["running"]));
        Assert.Equal(0.25, page["level_ratio"]);
    }

    [Fact]
    public void Histogram_is_cumulative_over_the_advised_bounds()
    {
        var histogram = _meter.CreateHistogram("wait", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] });
        foreach (var value in new[] { 0.5, 1, 1.5, 5, 9 })
            histogram.Record(value);
        histogram.Record(double.NaN);
        var page = Page();
        Assert.Equal("histogram", page.Types["wait_seconds"]);
        Assert.Equal(2, page["""wait_seconds_bucket{le="1"}"""]);
        Assert.Equal(4, page["""wait_seconds_bucket{le="5"}"""]);
        Assert.Equal(5, page["""wait_seconds_bucket{le="+Inf"}"""]);
        Assert.Equal(5, page["wait_seconds_count"]);
        Assert.Equal(17, page["wait_seconds_sum"]);
    }

    [Fact]
    public void Observed_label_sets_that_are_observed_no_longer_vanish()
    {
        var lanes = new List<string> { "hit", "bulk" };
        _meter.CreateObservableGauge("plans", () => lanes.Select(l => new Measurement<int>(1, new KeyValuePair<string, object?>("lane", l))).ToList());
        Assert.Equal(2, Page().Series.Count(s => s.StartsWith("plans", StringComparison.Ordinal)));
        lanes.Remove("bulk");
        Assert.Equal(["""plans{lane="hit"}"""], Page().Series.Where(s => s.StartsWith("plans", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_observed_metric_that_throws_does_not_blank_the_page()
    {
        _meter.CreateObservableGauge("bad", int () => throw new InvalidOperationException());
        _meter.CreateObservableGauge("good", () => 1);
        Assert.Equal(1, Page()["good"]);
    }

    [Fact]
    public void Tags_in_another_order_are_the_same_series()
    {
        var counter = _meter.CreateCounter<int>("c");
        counter.Add(1, new("a", 1), new("b", 2));
        counter.Add(1, new("b", 2), new("a", 1));
        counter.Add(1, new("b", "2"), new("a", "1"));
        Assert.Equal(3, Page()["""c_total{a="1",b="2"}"""]);
    }

    [Fact]
    public void More_label_sets_than_allowed_are_dropped_and_counted()
    {
        using var collector = Collect(10);
        var counter = _meter.CreateCounter<int>("many");
        for (var i = 0; i < 25; i++)
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        counter.Add(1, new KeyValuePair<string, object?>("id", 0));
        var page = ParsedPage.Parse(collector.Print());
        Assert.Equal(10, page.Series.Count(s => s.StartsWith("many_total", StringComparison.Ordinal)));
        Assert.Equal(2, page["""many_total{id="0"}"""]);
        Assert.Equal(15, page["understudy_metrics_dropped_total"]);
    }

    [Fact]
    public void Two_instruments_of_one_name_share_a_family_and_other_kinds_are_left_out()
    {
        _meter.CreateCounter<int>("twice").Add(1);
        using var again = new Meter(_meter.Name);
        again.CreateCounter<long>("twice").Add(2);
        again.CreateGauge<int>("twice.total").Record(9);
        Assert.Equal(3, Page()["twice_total"]);
    }

    [Fact]
    public void A_disposed_meter_leaves_the_page()
    {
        using (var passing = new Meter(_meter.Name))
        {
            passing.CreateCounter<int>("passing").Add(1);
            Assert.Contains("passing_total", Page().Series);
        }

        Assert.DoesNotContain("passing_total", Page().Series);
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_threads_record_and_others_scrape()
    {
        var counter = _meter.CreateCounter<long>("hits");
        var histogram = _meter.CreateHistogram<double>("times", "s");
        var work = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("k", i % 7));
                histogram.Record(1, new KeyValuePair<string, object?>("k", i % 7));
            }
        })).ToList();
        for (var i = 0; i < 5; i++)
        {
            var during = Page();
            // Each block was read whole: its sum and its count belong together.
            foreach (var k in Enumerable.Range(0, 7).Where(k => during.Series.Contains($"times_seconds_count{{k=\"{k}\"}}")))
                Assert.Equal(during[$"times_seconds_count{{k=\"{k}\"}}"], during[$"times_seconds_sum{{k=\"{k}\"}}"]);
        }

        await Task.WhenAll(work);
        var page = Page();
        Assert.Equal(20_000, Enumerable.Range(0, 7).Sum(k => page[$"hits_total{{k=\"{k}\"}}"]));
        Assert.Equal(20_000, Enumerable.Range(0, 7).Sum(k => page[$"times_seconds_count{{k=\"{k}\"}}"]));
    }

    [Fact]
    public void Recording_into_a_known_series_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("cheap");
        var histogram = _meter.CreateHistogram<double>("cheap.time", "s");
        var tag = new KeyValuePair<string, object?>("lane", "hit");
        for (var i = 0; i < 100; i++)
            Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Record();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            counter.Add(1, tag);
            histogram.Record(0.1, tag);
        }
    }

    [Fact]
    public void Any_name_unit_label_and_value_still_give_a_readable_page() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string, string, double>((name, label, value) =>
        {
            using var meter = new Meter(_meter.Name);
            meter.CreateGauge<double>("x" + name, unit: label, description: name + "\n\\").Record(value, new("l" + name, label), new("le", label));
            meter.CreateHistogram<double>("h" + label).Record(value, new KeyValuePair<string, object?>(label ?? "", name));
            ParsedPage.Parse(_collector.Print());
        }));

    private ParsedPage Page() => ParsedPage.Parse(_collector.Print());

    private MetricsCollector Collect(int maxSeries) =>
        new(new MetricsOptions { Meters = [_meter.Name], MaxSeries = maxSeries }, NullLogger<MetricsCollector>.Instance);
}
