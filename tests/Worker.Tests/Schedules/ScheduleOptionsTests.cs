using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Understudy.Contracts;
using Understudy.Hosting.Configuration;
using Understudy.Schedules;

namespace Understudy.Worker.Tests.Schedules;

public sealed class ScheduleOptionsTests
{
    [Theory]
    [InlineData("retention", "30 25 * * *", "Schedules:retention is '30 25 * * *'; it must be a cron expression: minute, hour, day, month and weekday, such as '30 2 * * 1-5' ('25' is no hour: that is from 0 to 23), or off")]
    [InlineData("retention", "", "Schedules:retention is not set; it must be one value: a cron expression such as '30 2 * * 1-5', or off")]
    [InlineData("TimeZone", "Europe/Berln", "Schedules:TimeZone is 'Europe/Berln'; it must be a time zone's IANA name; did you mean Europe/Berlin?")]
    [InlineData("TimeZon", "Europe/Berlin", "Schedules:TimeZon is not a known key; did you mean Schedules:TimeZone?")]
    [InlineData("KeepHistory", "00:00:01", "Schedules:KeepHistory is '00:00:01'; it must be from 1.00:00:00 to 3650.00:00:00")]
    public void Wrong_values_are_named_at_start(string key, string value, string error)
    {
        var configuration = Configuration((key, value));
        var services = new ServiceCollection();
        services.AddSchedules(configuration);

        Assert.Equal([error], services.OptionsSections().Errors(configuration));
    }

    [Fact]
    public void Jobs_that_are_not_there_are_named_at_start()
    {
        var wrong = Assert.Throws<ConfigurationException>(() => Read(("retentoin", "off"), ("sweep", "* * * * *")));

        Assert.Equal(
            ["Schedules:retentoin is not a known key; did you mean Schedules:retention?", "Schedules:sweep is not a known key; known here: KeepHistory, KeepUses, TimeZone, retention"],
            wrong.Errors.Order());
    }

    [Fact]
    public void Job_runs_as_it_suggests_as_configured_or_as_the_api_set_it()
    {
        var row = new ScheduleRow("retention", null, null, null, null, null, null, null, null, false, null, null, null, false, null, default);

        AssertTiming("15 3 * * * UTC", true, ScheduleSource.Default, Read(), row);
        AssertTiming("15 3 * * * Europe/Berlin", true, ScheduleSource.Default, Read(("TimeZone", "Europe/Berlin")), row);
        AssertTiming("0 5 * * * UTC", true, ScheduleSource.Configuration, Read(("retention", "0 5 * * *")), row);
        AssertTiming("15 3 * * * UTC", false, ScheduleSource.Configuration, Read(("Retention", "Off")), row);
        AssertTiming("15 3 * * * UTC", true, ScheduleSource.Api, Read(("retention", "off")), row with { Enabled = true });
        AssertTiming("0 6 * * * Europe/Berlin", true, ScheduleSource.Api, Read(("retention", "0 5 * * *")), row with { Cron = "0 6 * * *", Zone = "Europe/Berlin" });
        AssertTiming("0 5 * * * UTC", true, ScheduleSource.Api, Read(("retention", "0 5 * * *")), row with { Cron = "not any more", Zone = "Mars/Crater" });
    }

    private static void AssertTiming(string cron, bool enabled, ScheduleSource source, Timetable timetable, ScheduleRow row)
    {
        var timing = timetable.TimingOf(timetable.Find("retention")!, row);
        Assert.Equal((cron, enabled, source), (timing.Cron.ToString(), timing.Enabled, timing.Source));
    }

    private static Timetable Read(params (string Key, string Value)[] settings)
    {
        var configuration = Configuration(settings);
        var services = new ServiceCollection();
        var options = services.AddValidatedOptions<ScheduleOptions>(configuration, ScheduleOptions.Section, strict: false);
        var timetable = new Timetable([new NamedJob("retention", "15 3 * * *")], options, ConfiguredCrons.Read(configuration, services.OptionsSections()));
        Assert.Empty(services.OptionsSections().Errors(configuration));
        return timetable;
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Schedules:{s.Key}", (string?)s.Value))).Build();

    private sealed record NamedJob(string Name, string DefaultCron) : IJob
    {
        public string Description => "A job";

        public Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel) => throw new NotSupportedException();
    }
}
