using Npgsql;
using Understudy.Hosting.Configuration;
using Understudy.Schedules.Retention;

namespace Understudy.Schedules;

internal static class ScheduleServices
{
    /// <summary>Adds a job. Its name is known before it is made, for the configuration to be checked.</summary>
    public static void AddJob<TJob>(this IServiceCollection services, string name)
        where TJob : class, IJob
    {
        services.AddSingleton(new KnownJob(name));
        services.AddSingleton<IJob, TJob>();
    }

    /// <summary>
    /// Runs every <see cref="IJob"/>. Call it after those that add jobs, and after Plans, whose worker a run belongs to: it has to end before the worker signs off.
    /// </summary>
    public static IServiceCollection AddSchedules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<ScheduleOptions>(configuration, ScheduleOptions.Section, strict: false);
        services.AddJob<RetentionJob>(RetentionJob.JobName);
        services.AddSingleton(ConfiguredCrons.Read(configuration, services.OptionsSections(), JobNames(services)));
        services.AddSingleton<Clock>(s => ClockOf(s.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<Timetable>();
        services.AddSingleton<ScheduleTables>();
        services.AddSingleton<ScheduleDesk>();
        services.AddHostedService<Scheduler>();
        services.AddHostedService<ScheduleGauges>();
        return services;
    }

    private static string[] JobNames(IServiceCollection services) => [.. services.Select(s => s.ImplementationInstance).OfType<KnownJob>().Select(j => j.Name)];

    private static Clock ClockOf(NpgsqlDataSource catalogue) => async cancel =>
    {
        await using var command = catalogue.CreateCommand("select clock_timestamp()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!);
    };
}

/// <summary>There is a job of this name.</summary>
internal sealed record KnownJob(string Name);
