using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using Understudy.Contracts;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging.Reconciling;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A real process that adopts a store and is killed on the way.</summary>
public sealed partial class ReconcileKilledTests(PostgresServer postgres)
{
    private const int Files = 5_000;
    private const int KilledAt = 2_000;

    [Fact]
    public async Task Run_that_was_killed_goes_on_where_it_was()
    {
        await using var reaper = await Reaper.StartAsync();
        var store = reaper.Make("store");
        Directory.CreateDirectory(Path.Combine(store, "2/5"));
        var jp2 = SyntheticJp2.Bytes(400, 1);
        foreach (var n in Enumerable.Range(1, Files))
            File.WriteAllBytes(Path.Combine(store, $"2/5/x{n:D4}.jp2"), jp2);
        var connectionString = await postgres.NewCatalogueAsync();
        await using var worker = new WorkerProcess("one", reaper.Make("one"),
        [
            $"--ConnectionStrings:Catalogue={connectionString}", $"--Storage:Root={store}", "--Storage:PathTemplate={customer}/{space}/{image}.jp2", "--Storage:MinFreeBytes=0",
            "--Plans:LeaseTime=00:00:02", "--Logging:Format=Text",
        ]);
        worker.Start();
        Assert.True(await worker.ReadyAsync(TimeSpan.FromSeconds(90)), worker.LogTail(20));
        await using var catalogue = new NpgsqlConnection(connectionString);
        await catalogue.OpenAsync();
        // A slow catalogue: the checkpoint is written once a second. And after so many copies it stands still.
        await catalogue.ExecuteAsync($"""
            create function gate() returns trigger language plpgsql as $$ begin
              if (select count(*) from copy) >= {KilledAt} then perform pg_advisory_xact_lock(4711); else perform pg_sleep(0.1); end if;
              return new;
            end $$;
            create trigger gate before insert on copy for each row when (new.asset_id like '%00') execute function gate();
            select pg_advisory_lock(4711);
            """);

        Assert.NotNull(await worker.AskAsync((_, api) => api.RunScheduleAsync("reconcile")));
        await Eventually.TrueAsync(async () => await catalogue.ExecuteScalarAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and objid = 4711 and not granted and database = (select oid from pg_database where datname = current_database()))"), "it stands still");
        await worker.KillAsync();
        var done = ReconcileState.From(await catalogue.ExecuteScalarAsync<string>("select checkpoint from schedule where name = 'reconcile'"));
        await catalogue.ExecuteAsync("select pg_advisory_unlock(4711); drop trigger gate on copy");
        worker.Start();
        Assert.True(await worker.ReadyAsync(TimeSpan.FromSeconds(90)), worker.LogTail(20));
        ScheduleRunView? last = null;
        await Eventually.TrueAsync(async () => (last = (await worker.AskAsync((_, api) => api.SchedulesAsync()))?.Single(s => s.Name == "reconcile").Last)?.Outcome == RunOutcome.Done, "done");

        TestContext.Current.TestOutputHelper!.WriteLine($"killed after {done.Files} files were noted; then: {last!.Note}");
        Assert.InRange(done.Files, 500, KilledAt + 1000);
        var counts = Counts().Match(last.Note!);
        Assert.Equal(Files, Number(counts, 1));
        // From the start again, all that were adopted before would be known now.
        Assert.InRange(Number(counts, 2), 0, KilledAt + 1000 - done.Files);
        Assert.Equal(Files, Number(counts, 2) + Number(counts, 3));
        Assert.Equal((Files, Files * jp2.Length), await catalogue.QuerySingleAsync<(int, int)>("select copies::int, used::int from store"));
        Assert.Equal(Files, await catalogue.ExecuteScalarAsync<int>("select count(*)::int from copy"));
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(\\d+) files: (\\d+) known, (\\d+) adopted")]
    private static partial Regex Counts();
}
