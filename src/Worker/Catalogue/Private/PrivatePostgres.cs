using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Understudy.Catalogue.Private;

/// <summary>
/// A PostgreSQL that belongs to this worker. It starts with it or is adopted from its former self, is brought back when it dies, and stops after
/// everything else has. It can be killed, and so can the worker, at any instruction: what was committed stays.
/// </summary>
internal sealed partial class PrivatePostgres : IAsyncDisposable
{
    public const string User = "understudy";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    // A server that says it is ready and can't be reached for so long has lost its socket.
    private static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> RestartCount =
        new Meter("Understudy").CreateCounter<long>("understudy.catalogue.postgres.restarts", description: "Times that the private PostgreSQL died and was started again");

    private readonly Cluster _cluster;
    private readonly PostgresLog _serverLog;
    private readonly CatalogueOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PrivatePostgres> _log;
    private readonly CancellationTokenSource _stopping = new();
    private PostgresAccount _account = null!;
    private PostgresBinaries _binaries = null!;
    private Task _supervision = Task.CompletedTask;

    /// <param name="held">The server is its worker's only: who holds the directory.</param>
    public PrivatePostgres(DataDirectory directory, DataDirectoryLock held, IOptions<CatalogueOptions> options, TimeProvider time, ILogger<PrivatePostgres> log)
    {
        ArgumentNullException.ThrowIfNull(held);
        _cluster = new(directory);
        _serverLog = new(_cluster);
        _options = options.Value;
        _time = time;
        _log = log;
        ConnectionString = new NpgsqlConnectionStringBuilder { Host = _cluster.SocketFolder, Username = User, Database = "postgres" }.ConnectionString;
    }

    /// <summary>Known before the server runs.</summary>
    public string ConnectionString { get; }

    /// <summary>How often it died and was brought back in the life of this worker.</summary>
    public int Restarts { get; private set; }

    /// <returns>When it answers.</returns>
    /// <exception cref="StartRefusedException">It can't run here, or didn't in <see cref="CatalogueOptions.StartTimeout"/>.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        _account = await PostgresAccount.FindAsync(cancel);
        await _account.RequireTraversableAsync(Path.GetDirectoryName(_cluster.Data)!, cancel);
        _binaries = await PostgresBinaries.FindAsync(_options.PostgresBinaries, _cluster.Major(), cancel);
        await new ClusterFolders(_cluster, _account, _binaries).PrepareAsync(cancel);

        var adopted = Postmaster.Find(_cluster);
        var running = await BringUpAsync(_options.StartTimeout, cancel);
        LogRunning(running.Pid == adopted?.Pid ? "adopted" : "started", _binaries.Major, running.Pid, _cluster.SocketFolder);
        _supervision = SuperviseAsync(_stopping.Token);
    }

    /// <summary>Stops the server, also one that is still starting; at once where it does not want to.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
        if (_binaries is null || Postmaster.Find(_cluster) is null)
            return;
        await PgCtlAsync(["stop", "-m", "fast", "-w", "-t", "20"]);
        if (Postmaster.Find(_cluster) is null)
            LogStopped();
        else
            await StopAtOnceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken cancel)
    {
        var pause = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var up = _time.GetTimestamp();
                while (Postmaster.Find(_cluster) is not null)
                {
                    _serverLog.Bound();
                    await Task.Delay(LookEvery, _time, cancel);
                }
                // The first death is answered at once; one that keeps dying gets longer and longer rests.
                pause = _time.GetElapsedTime(up) > MaxPause ? TimeSpan.Zero : Longer(pause);
                Restarts++;
                RestartCount.Add(1);
                LogDied(pause);
                await Task.Delay(pause, _time, cancel);
                var running = await BringUpAsync(patience: null, cancel);
                LogRestarted(running.Pid);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogSupervisionFailed(e);
                await Task.Delay(MaxPause, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Until it answers: starts it where it doesn't run, and waits for one that recovers.</summary>
    private async Task<Postmaster> BringUpAsync(TimeSpan? patience, CancellationToken cancel)
    {
        var since = _time.GetTimestamp();
        long? readyAndSilent = null;
        for (var pause = MinPause; ; pause = Longer(pause))
        {
            var complaint = "it is recovering";
            if (Postmaster.Find(_cluster) is { } running)
            {
                if (await AnswersAsync(cancel))
                    return running;
                readyAndSilent = running.IsReady ? readyAndSilent ?? _time.GetTimestamp() : null;
                if (readyAndSilent is { } silent && _time.GetElapsedTime(silent) > Unreachable)
                    await StopAtOnceAsync();
            }
            else
            {
                Postmaster.ForgetStale(_cluster);
                var started = await PgCtlAsync(["start", "-w", "-t", "60", "-l", _cluster.Log], cancel);
                if (started.Succeeded)
                    continue;
                complaint = _serverLog.LastError() is { Length: > 0 } error ? error : started.Complaint;
                if (Postmaster.Find(_cluster) is null)
                {
                    var orphans = Postmaster.EndOrphans(_cluster);
                    LogStartFailed(complaint, orphans);
                }
            }
            if (_time.GetElapsedTime(since) > patience)
                throw new StartRefusedException($"the private PostgreSQL does not start: {complaint} (see {_cluster.Log})");
            await Task.Delay(pause, _time, cancel);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timeout = 5, CommandTimeout = 5 }.ConnectionString);
            await connection.OpenAsync(cancel);
            await using var ask = new NpgsqlCommand("show data_directory", connection);
            return await ask.ExecuteScalarAsync(cancel) is string data && data == _cluster.Data;
        }
        catch (NpgsqlException e)
        {
            LogSilent(e.Message);
            return false;
        }
    }

    private async Task StopAtOnceAsync()
    {
        await PgCtlAsync(["stop", "-m", "immediate", "-w", "-t", "5"]);
        if (Postmaster.Find(_cluster) is { } unwilling)
            Postmaster.Kill(unwilling.Pid);
        LogStoppedAtOnce();
    }

    // pg_ctl starts the server in a session of its own: Ctrl-C in the terminal is for the worker, which stops it when it is done.
    private Task<CommandResult> PgCtlAsync(string[] arguments, CancellationToken cancel = default) =>
        Command.RunAsync(_binaries.PgCtl, [.. arguments, "-D", _cluster.Data], _account.SwitchTo, cancel);

    private static TimeSpan Longer(TimeSpan pause) =>
        TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, MinPause.Ticks, MaxPause.Ticks));
}
