using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying.Store;

namespace Understudy.Copying;

/// <summary>
/// Clears the reserved folder: what attempts left that no living plan knows any more, and retired files past the grace period.
/// One node at a time.
/// </summary>
internal sealed partial class Sweep(NpgsqlDataSource catalogue, StoreFolder store, StorageOptions storage, CopyOptions options, TimeProvider time, ILogger<Sweep> log)
    : BackgroundService
{
    // As long as a paused machine may take to wake up and go on where it was.
    private static readonly TimeSpan BarsStandFor = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, time);
        do
        {
            try
            {
                await RunAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <returns>false: another sweep is at it.</returns>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var turn = await connection.BeginTransactionAsync(cancel);
        if (!await connection.ExecuteScalarAsync<bool>("select pg_try_advisory_xact_lock(hashtext('understudy sweep'))"))
            return false;

        await ClearTemporariesAsync(connection);
        await ClearRetiredAsync(connection);
        await turn.CommitAsync(cancel);
        return true;
    }

    private async Task ClearTemporariesAsync(NpgsqlConnection connection)
    {
        // First the folder, then the catalogue: an attempt is in the catalogue before its first file is here.
        var left = store.Temporaries();
        var attempts = left.Where(l => l.Attempt is not null).Select(l => l.Attempt!.Value).Distinct().ToArray();
        var living = (await connection.QueryAsync<Guid>(Sql.Named("Copying.LivingAttempts"), new { attempts })).ToHashSet();
        foreach (var leftover in left.Where(l => l.Attempt is { } attempt && !living.Contains(attempt)))
        {
            // A journal's name is the bar that keeps a late writer out.
            if (leftover.Kind is LeftoverKind.Part or LeftoverKind.Salvage || leftover.Age > BarsStandFor)
                Clear(leftover);
        }

        foreach (var probe in left.Where(l => l.Kind == LeftoverKind.Probe && l.Age > BarsStandFor))
            Clear(probe);
    }

    private async Task ClearRetiredAsync(NpgsqlConnection connection)
    {
        var left = store.RetiredFiles();
        var recorded = (await connection.QueryAsync<string>("select name from retired")).ToHashSet();
        var past = (await connection.QueryAsync<string>(Sql.Named("Copying.RetiredPast"), new { grace = storage.GracePeriod, evicted = storage.EvictedFor })).ToHashSet();
        var stuck = new HashSet<string>();
        foreach (var leftover in left)
        {
            var isOver = leftover.Kind switch
            {
                LeftoverKind.Retired when recorded.Contains(leftover.Name) => past.Contains(leftover.Name),
                // Put aside by an attempt that died before it could say so.
                LeftoverKind.Retired => leftover.Age > storage.GracePeriod,
                LeftoverKind.Tombstone or LeftoverKind.Probe => leftover.Age > BarsStandFor,
                _ => false,
            };
            if (isOver && !Clear(leftover))
                stuck.Add(leftover.Name);
        }

        // What is still there still takes up its room.
        past.ExceptWith(stuck);
        if (past.Count > 0)
            await connection.ExecuteAsync(Sql.Named("Copying.ForgetRetired"), new { names = past.ToArray() });
    }

    /// <returns>Whether it is gone. One that can't be deleted doesn't save the others.</returns>
    private bool Clear(Leftover leftover)
    {
        try
        {
            if (store.Delete(leftover))
            {
                LogCleared(leftover.Kind, leftover.Name, leftover.Bytes, leftover.Age);
                CopyMetrics.Cleared(leftover.Kind.ToString());
            }

            return true;
        }
        catch (StoreException e)
        {
            LogStuck(leftover.Kind, leftover.Name, e.Message);
            return false;
        }
    }

    [LoggerMessage(120, LogLevel.Information, "Cleared {Kind} {Name} from the reserved folder: {Bytes} bytes, {Age} old")]
    private partial void LogCleared(LeftoverKind kind, string name, long bytes, TimeSpan age);

    [LoggerMessage(122, LogLevel.Warning, "{Kind} {Name} can't be cleared from the reserved folder, trying again later: {Reason}")]
    private partial void LogStuck(LeftoverKind kind, string name, string reason);

    [LoggerMessage(121, LogLevel.Warning, "The reserved folder could not be swept, trying again later: {Reason}")]
    private partial void LogFailed(string reason);
}
