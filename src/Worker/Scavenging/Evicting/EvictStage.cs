using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Scavenging.Evicting;

/// <summary>Takes a copy out of the store to make room, unless it turns out at the last moment that somebody uses it.</summary>
internal sealed class EvictStage : IStage, IAsyncDisposable
{
    /// <summary>
    /// Plans that are taken for each file that may be worked on at once. Plans that are taken together share a lease, a last look and a settlement; three
    /// statements for a handful of files would take longer than the files do.
    /// </summary>
    public const int PlansEach = 32;

    private readonly NpgsqlDataSource _catalogue;
    private readonly StoreFolder _store;
    private readonly StorageOptions _options;
    private readonly GroupCommit<AssetId, LastLook> _looks;
    private readonly SemaphoreSlim _files;

    public EvictStage(NpgsqlDataSource catalogue, StoreFolder store, StorageOptions options, ScavengingOptions scavenging, TimeProvider time)
    {
        (_catalogue, _store, _options) = (catalogue, store, options);
        _files = new SemaphoreSlim(scavenging.AtOnce);
        _looks = new(500, TimeSpan.FromSeconds(10), time, LookAsync);
    }

    public string Name => Stages.Evict;

    public async Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        try
        {
            Fencing.Fence(_store, attempt);
            Fencing.Drop(_store, attempt);
            if (attempt.Copy is not { } copy)
                return new Outcome.NothingToDo("its copy is gone already");
            if (StorePath.Parse(copy.Path) is not PathResult.Resolved(var path))
                return new Outcome.Hopeless(Fault.Failed, $"'{copy.Path}' is no path in the store");
            var last = await _looks.AddAsync(attempt.Id, cancel);
            await _files.WaitAsync(cancel);
            try
            {
                // A former attempt removed it, and died before it could say so: too late for anything to keep it.
                if (_store.TimesOf(path) is not { } times)
                    return new Outcome.Evicted(null);
                if (last.Stays is { } why)
                    return new Outcome.Kept(why, null);
                // Orchestrators and tile servers read files without a word to the catalogue.
                if (SilentUse.Find(times, copy.Version.Length, last.UsedAt, last.CheckedAt, last.Now) is { } used)
                    return new Outcome.Kept($"its file was used at {used:yyyy-MM-dd HH:mm:ss}Z", used);
                cancel.ThrowIfCancellationRequested();
                return Remove(attempt, path);
            }
            finally
            {
                _files.Release();
            }
        }
        catch (IOException e)
        {
            return StoreFailures.ToOutcome(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _looks.DisposeAsync();
        _files.Dispose();
    }

    private Outcome Remove(Attempt attempt, StorePath path)
    {
        attempt.LeavesNothing = false;
        return _store.Remove(attempt.Token, path) switch
        {
            RemoveResult.Removed(var name, var bytes) => new Outcome.Evicted(new RetiredFile(name, bytes)),
            // Somebody else removed it; the catalogue learns that.
            RemoveResult.Absent => new Outcome.Evicted(null),
            RemoveResult.Superseded => new Outcome.Superseded(),
            RemoveResult.Refused(var reason) => new Outcome.Hopeless(Fault.Failed, reason),
            _ => new Outcome.NoRoom("the store's file system has no room for a name in the reserved folder"),
        };
    }

    private async Task<IReadOnlyList<LastLook>> LookAsync(IReadOnlyList<AssetId> ids, CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand(Sql.Named("Scavenging.Evicting.MayGo"));
        command.Parameters.AddWithValue("id", ids.Select(i => $"{i}").ToArray());
        command.Parameters.AddWithValue("grace", _options.GracePeriod);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var looks = new Dictionary<string, LastLook>();
        while (await row.ReadAsync(cancel))
        {
            looks[row.GetString(0)] = new LastLook(
                row.GetFieldValue<DateTimeOffset>(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4));
        }

        return [.. ids.Select(i => looks.GetValueOrDefault($"{i}", new LastLook(default, "its copy is gone already", default, null)))];
    }

    /// <param name="UsedAt">By the catalogue; when it was copied, if nobody used it.</param>
    private sealed record LastLook(DateTimeOffset UsedAt, string? Stays, DateTimeOffset Now, DateTimeOffset? CheckedAt);
}
