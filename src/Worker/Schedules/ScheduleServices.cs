using Npgsql;
using Understudy.Hosting.Configuration;
using Understudy.Schedules.Retention;

namespace Understudy.Schedules;

internal static class ScheduleServices
{
    /// <summary>Runs every <see cref="IJob"/>. Call it after Plans, whose worker a run belongs to: it has to end before the worker signs off.</summary>
    public static IServiceCollection AddSchedules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<ScheduleOptions>(configuration, ScheduleOptions.Section, strict: false);
        services.AddSingleton(ConfiguredCrons.Read(configuration, services.OptionsSections()));
        services.AddSingleton<Clock>(s => ClockOf(s.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IJob, RetentionJob>();
        services.AddSingleton<Timetable>();
        services.AddSingleton<ScheduleTables>();
        services.AddSingleton<ScheduleDesk>();
        services.AddHostedService<Scheduler>();
        services.AddHostedService<ScheduleGauges>();
        return services;
    }

    private static Clock ClockOf(NpgsqlDataSource catalogue) => async cancel =>
    {
        await using var command = catalogue.CreateCommand("select clock_timestamp()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!);
    };
}
