using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// Workers and databases are killed, paused and stopped at random while events come in, and nothing that was acknowledged is lost, nothing wrong is ever
/// read. <see cref="CrashSettings"/> says how to run them longer.
/// </summary>
public sealed class CrashTests(FauxqsServer aws)
{
    [Fact]
    public async Task One_worker_and_its_own_postgres_survive_being_killed()
    {
        var settings = CrashSettings.Of(seed: 1, assets: 150, rounds: 7);
        await using var source = await FauxqsSource.StartAsync(aws);
        await CrashRun.AloneAsync(settings, source);
    }

    [Fact]
    public async Task Two_workers_on_one_postgres_survive_being_killed_and_paused_with_a_source_that_fails_at_random()
    {
        var settings = CrashSettings.Of(seed: 2, assets: 150, rounds: 9);
        await using var source = await FaultySource.StartAsync(settings.Seed);
        await CrashRun.TogetherAsync(settings, source);
    }
}
