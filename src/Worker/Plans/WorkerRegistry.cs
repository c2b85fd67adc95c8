using System.Text.Json;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>
/// Who is alive. A plan is leased to a worker for as long as that worker's row stands; every worker counts its beat up, and
/// each watches the others' beats by its own monotonic clock. So no lease depends on a wall clock, on any machine: a step of
/// it neither frees a running plan nor holds a dead worker's.
/// </summary>
internal sealed partial class WorkerRegistry(
    NpgsqlDataSource catalogue, NodeIdentity node, PlanOptions options, RunningAttempts running, TimeProvider time, ILogger<WorkerRegistry> log)
{
    private readonly Dictionary<Guid, (long Beat, long Seen)> _others = [];
    private volatile Signature _signature = new(Guid.Empty);
    private long _watched;
    private volatile int _living = 1;

    public Guid Id => _signature.Id;

    /// <summary>Workers that are alive, this one included, by the last look.</summary>
    public int Living => _living;

    /// <summary>Signs on under a new id. Whatever this node held as its former self becomes due at once.</summary>
    public async Task SignOnAsync(CancellationToken cancel)
    {
        _signature = new(Guid.CreateVersion7());
        _others.Clear();
        await ExecuteAsync("Plans.Register", cancel, ("id", Id), ("node", node.Name), ("process_id", Environment.ProcessId));
        LogSignedOn(Id, node.Name);
    }

    public async Task SignOffAsync(CancellationToken cancel) => await ExecuteAsync("Plans.SignOff", cancel, ("id", Id));

    /// <summary>Beats and watches until stopped.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 6, time);
        while (await WaitAsync(timer, cancel))
        {
            try
            {
                await BeatAsync(cancel);
                await WatchAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // While the catalogue is away nobody can beat: silence in this time says nothing about anybody.
                _others.Clear();
                LogCatalogueAway(e.Message);
            }
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        var state = JsonSerializer.Serialize(running.View(), Wire.Json);
        if (await ExecuteAsync("Plans.Beat", cancel, ("id", Id), ("running", state)) == 1)
            return;

        LogDeclaredDead(Id);
        running.AbandonAll();
        await SignOnAsync(cancel);
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        // Nor does silence while this process was held up itself.
        if (time.GetElapsedTime(_watched) > options.LeaseTime / 2)
            _others.Clear();
        _watched = time.GetTimestamp();

        await using var command = catalogue.CreateCommand("select id, beat from worker where id <> @id");
        command.Parameters.AddWithValue("id", Id);
        var beats = new Dictionary<Guid, long>();
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
                beats.Add(row.GetGuid(0), row.GetInt64(1));
        }

        _living = 1 + beats.Count;
        foreach (var (id, beat) in beats)
        {
            if (!_others.TryGetValue(id, out var known) || known.Beat != beat)
                _others[id] = (beat, time.GetTimestamp());
            else if (time.GetElapsedTime(known.Seen) > options.LeaseTime)
                LogReleased(id, await ExecuteAsync("Plans.Release", cancel, ("id", id), ("beat", beat)));
        }

        foreach (var left in _others.Keys.Except(beats.Keys).ToList())
            _others.Remove(left);
        await ExecuteAsync("Plans.ReleaseOrphans", cancel);
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancel, params (string Name, object Value)[] parameters)
    {
        await using var command = catalogue.CreateCommand(Sql.Named(sql));
        // One that hangs must not keep the next beat waiting until this worker counts as dead.
        command.CommandTimeout = Math.Max(1, (int)(options.LeaseTime / 6).TotalSeconds);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancel)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>An object, for it is read by one thread while another one signs on: a Guid alone could be read half.</summary>
    private sealed record Signature(Guid Id);

    [LoggerMessage(100, LogLevel.Information, "Worker {Worker} signed on as {Node}")]
    private partial void LogSignedOn(Guid worker, string node);

    [LoggerMessage(101, LogLevel.Warning, "The catalogue can't be reached, trying again: {Reason}")]
    private partial void LogCatalogueAway(string reason);

    [LoggerMessage(102, LogLevel.Error, "Worker {Worker} was declared dead by another one, after a pause longer than Plans:LeaseTime; its attempts are abandoned and it signs on anew")]
    private partial void LogDeclaredDead(Guid worker);

    [LoggerMessage(103, LogLevel.Warning, "Worker {Worker} has been silent longer than Plans:LeaseTime; {Plans} plans are free for others")]
    private partial void LogReleased(Guid worker, int plans);
}
