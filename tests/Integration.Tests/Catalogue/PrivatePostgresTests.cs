using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Catalogue;

public sealed class PrivatePostgresTests : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private readonly TestLog<PrivatePostgres> _log = new();
    private readonly List<IAsyncDisposable> _started = [];
    private DataDirectoryLock? _held;

    private DataDirectory Directory => new(_temp.Path);

    private Cluster Cluster => new(Directory);

    [Fact]
    public async Task Start_makes_a_durable_server_that_only_its_folder_leads_to()
    {
        var postgres = await StartAsync();

        Assert.Equal("on on on", await ScalarAsync<string>(postgres, "select concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'))"));
        Assert.Equal("", await ScalarAsync<string>(postgres, "show listen_addresses"));
        Assert.Equal("on", await ScalarAsync<string>(postgres, "show data_checksums"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cluster.SocketFolder));
        Assert.Empty(Cluster.OldScratches());
    }

    [Fact]
    public async Task Stop_ends_it_and_the_next_start_finds_what_was_committed()
    {
        var first = await StartAsync();
        await ExecuteAsync(first, "create table kept as select 1 as n");
        await first.StopAsync();
        Assert.Null(Postmaster.Find(Cluster));

        Assert.Equal(1, await ScalarAsync<int>(await StartAsync(), "select n from kept"));
    }

    [Fact]
    public async Task Start_adopts_the_server_of_a_worker_that_was_killed()
    {
        await (await StartAsync()).StopAsync();
        await PgCtlAsync("start", "-w", "-l", Cluster.Log);
        var left = Postmaster.Find(Cluster)!.Pid;

        var postgres = await StartAsync();

        Assert.Equal(left, Postmaster.Find(Cluster)!.Pid);
        Assert.Equal(1, await ScalarAsync<int>(postgres, "select 1"));
        await postgres.StopAsync();
        Assert.Null(Postmaster.Find(Cluster));
    }

    [Fact]
    public async Task Killed_server_is_brought_back_with_what_was_committed()
    {
        var postgres = await StartAsync();
        await ExecuteAsync(postgres, "create table kept as select 1 as n");
        var first = Postmaster.Find(Cluster)!.Pid;

        Postmaster.Kill(first);
        await Eventually.TrueAsync(() => Postmaster.Find(Cluster) is { IsReady: true } p && p.Pid != first, "back");

        Assert.Equal(1, await ScalarAsync<int>(postgres, "select n from kept"));
        Assert.Equal(1, postgres.Restarts);
    }

    [Fact]
    public async Task Killed_server_is_brought_back_while_a_statement_still_runs_in_its_orphan()
    {
        var postgres = await StartAsync();
        await using var busy = new NpgsqlConnection(postgres.ConnectionString);
        await busy.OpenAsync();
        // A loop without a wait doesn't notice that the server died, and holds on to its shared memory.
        var statement = busy.ExecuteAsync("do $$ declare n bigint := 0; begin loop n := n + 1; end loop; end $$", commandTimeout: 0);
        await Eventually.TrueAsync(
            async () => await ScalarAsync<int>(postgres, "select count(*)::int from pg_stat_activity where query like 'do $$%' and state = 'active'") == 1, "busy");
        var first = Postmaster.Find(Cluster)!.Pid;

        Postmaster.Kill(first);
        await Eventually.TrueAsync(() => Postmaster.Find(Cluster) is { IsReady: true } p && p.Pid != first, "back");

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => statement);
        Assert.Equal(1, await ScalarAsync<int>(postgres, "select 1"));
    }

    [Fact]
    public async Task Start_is_not_misled_by_a_pid_file_whose_number_belongs_to_another_process()
    {
        await (await StartAsync()).StopAsync();
        var pidFile = Path.Combine(Cluster.Data, "postmaster.pid");
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n{Cluster.Data}\n1700000000\n5432\n{Cluster.SocketFolder}\n\n  1234567         0\nready   \n");
        await File.WriteAllTextAsync(Cluster.Socket + ".lock", $"{Environment.ProcessId}\n");

        Assert.Equal(1, await ScalarAsync<int>(await StartAsync(), "select 1"));
    }

    [Fact]
    public async Task Start_makes_a_new_cluster_beside_one_that_was_cut_off_in_the_making()
    {
        var half = System.IO.Directory.CreateDirectory(Cluster.NewScratch());
        await File.WriteAllTextAsync(Path.Combine(half.FullName, "PG_VERSION"), "15\n");

        Assert.Equal(1, await ScalarAsync<int>(await StartAsync(), "select 1"));
        Assert.Empty(Cluster.OldScratches());
    }

    [Fact]
    public async Task Start_works_below_a_path_that_is_too_long_for_a_socket()
    {
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(_temp.Path, new string('d', 90), "it's here")).FullName;

        var postgres = await StartAsync(new DataDirectory(folder));

        Assert.Equal(1, await ScalarAsync<int>(postgres, "select 1"));
        await postgres.StopAsync();
        System.IO.Directory.Delete(new Cluster(new(folder)).SocketFolder);
    }

    [Fact]
    public async Task Start_refuses_with_what_to_install_when_there_is_no_server()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(options: new() { PostgresBinaries = _temp.Path }));

        Assert.Equal($"Catalogue:PostgresBinaries is {_temp.Path}, which has no initdb, pg_ctl and postgres", refused.Message);
    }

    [Fact]
    public async Task Start_refuses_a_cluster_of_a_version_that_is_not_installed()
    {
        System.IO.Directory.CreateDirectory(Cluster.Data);
        await File.WriteAllTextAsync(Path.Combine(Cluster.Data, "PG_VERSION"), "9\n");

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync());

        Assert.Contains("made by PostgreSQL 9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_as_root_refuses_a_data_directory_that_the_server_can_not_reach()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs it as another user");
        var closed = System.IO.Directory.CreateDirectory(Path.Combine(_temp.Path, "closed"));
        await Command.RunAsync("chmod", ["0700", closed.FullName], user: null);

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(new DataDirectory(closed.CreateSubdirectory("data").FullName)));

        Assert.Contains($"chmod o+x {closed.FullName},", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Log_is_kept_within_bounds()
    {
        File.WriteAllText(Cluster.Log, new string('x', 100));

        new PostgresLog(Cluster, maxBytes: 100).Bound();
        Assert.Equal(100, new FileInfo(Cluster.Log).Length);

        new PostgresLog(Cluster, maxBytes: 99).Bound();
        Assert.Equal(0, new FileInfo(Cluster.Log).Length);
        Assert.Equal(100, new FileInfo(Cluster.Log + ".1").Length);
    }

    private async Task<PrivatePostgres> StartAsync(DataDirectory? directory = null, CatalogueOptions? options = null)
    {
        directory ??= Directory;
        _held ??= DataDirectoryLock.Acquire(directory);
        var postgres = new PrivatePostgres(directory, _held, Options.Create(options ?? new()), TimeProvider.System, _log);
        _started.Add(postgres);
        await postgres.StartAsync(TestContext.Current.CancellationToken);
        return postgres;
    }

    private async Task PgCtlAsync(params string[] arguments)
    {
        var binaries = await PostgresBinaries.FindAsync();
        var account = await PostgresAccount.FindAsync();
        var done = await Command.RunAsync(binaries.PgCtl, [.. arguments, "-D", Cluster.Data], account.SwitchTo);
        Assert.True(done.Succeeded, done.Complaint);
    }

    private static async Task<T?> ScalarAsync<T>(PrivatePostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    private static async Task ExecuteAsync(PrivatePostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var postgres in _started)
            await postgres.DisposeAsync();
        _held?.Dispose();
        _temp.Dispose();
    }
}
