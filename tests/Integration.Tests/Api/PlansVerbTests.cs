using Understudy.Hosting.CommandLine;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary><c>understudy plans</c> against a whole worker.</summary>
public sealed class PlansVerbTests(PostgresServer postgres)
{
    [Fact]
    public async Task Dead_plans_are_listed_counted_retried_and_dropped()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await world.Worker.QueryAsync<int>(
            """
            insert into asset (id, customer, space, generation) select '2/5/' || i, 2, 5, 1 from generate_series(1, 5) i;
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at, attempts, fault, reason, dead_at)
            select '2/5/' || i, 2, 'present', case when i > 3 then 'warm' else 'copy' end, 1, 1, now(), 8, 'failed', E'the source\tsays 500', now() from generate_series(1, 5) i;
            select 1
            """);

        Assert.Matches("^ASSET +STAGE .*\n2/5/3 +copy +hit +8 .* the source says 500\n2/5/2 ", await DoneAsync(world, "plans", "--stage", "copy"));
        Assert.Matches("^PLANS +STAGE .*\n3 +copy +Failed .*\n2 +warm +Failed ", await DoneAsync(world, "plans", "faults"));
        Assert.Equal("2 of 2 dead plans\n", await DoneAsync(world, "plans", "drop", "--stage", "warm"));
        Assert.Contains("\"act\":\"retry\"", await DoneAsync(world, "plans", "retry", "--json"), StringComparison.Ordinal);
        Assert.Equal(3, await world.Worker.QueryAsync<long>("select count(*) from history where what = 'retry asked for'"));
        var (code, _, error) = await CommandLine.RunAsync(world.Worker, "plans", "--stage", "x");
        Assert.Equal((ExitCode.Failed, "stage is 'x'; it must be one of await, copy, remove, evict, purge, warm\n"), (code, error));
    }

    private static async Task<string> DoneAsync(CopyWorld world, params string[] words)
    {
        var (code, output, error) = await CommandLine.RunAsync(world.Worker, words);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        return output;
    }
}
