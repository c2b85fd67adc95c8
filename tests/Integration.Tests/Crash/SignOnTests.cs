using Npgsql;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>The catalogue dies in the very moment in which a worker comes or goes.</summary>
public sealed class SignOnTests(PostgresServer postgres)
{
    [Fact]
    public async Task Worker_whose_catalogue_dies_as_it_signs_on_signs_on_when_it_is_back()
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        await using var node = new Node(catalogue);
        await catalogue.AskAsync<int>("select 1");
        await EndSessionsAsync(catalogue);

        await node.StartAsync();

        await Eventually.TrueAsync(() => node.RegistryLog.Lines.Any(l => l.Contains("signed on", StringComparison.Ordinal)), "signed on");
        Assert.Contains(node.RunnerLog.Lines, l => l.Contains("can't be reached", StringComparison.Ordinal));
    }

    // The pool doesn't know, and hands out a connection that is dead.
    private Task EndSessionsAsync(TestCatalogue catalogue) => postgres.ExecuteAsync(
        $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{new NpgsqlConnectionStringBuilder(catalogue.ConnectionString).Database}'");
}
