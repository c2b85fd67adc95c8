using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>
/// Room is set aside in the catalogue before a byte is written, for all nodes together; the settlement of the attempt gives it back.
/// The file system's own free space is honoured as well, whoever else writes there.
/// </summary>
internal sealed class Reservations : IAsyncDisposable
{
    private readonly NpgsqlDataSource _catalogue;
    private readonly StorageOptions _options;
    private readonly StoreFolder _store;
    private readonly RoomWanted _wanted;
    private readonly GroupCommit<Request, string?> _group;

    public Reservations(NpgsqlDataSource catalogue, StorageOptions options, StoreFolder store, RoomWanted wanted, TimeProvider time)
    {
        (_catalogue, _options, _store, _wanted) = (catalogue, options, store, wanted);
        _group = new GroupCommit<Request, string?>(500, TimeSpan.FromSeconds(10), time, CommitAsync);
    }

    /// <summary>Where there isn't room for both, the new file and what was left behind, the latter is dropped.</summary>
    /// <param name="uncounted">Bytes in the store that nobody has counted so far, and the copy will.</param>
    /// <returns>null where the room is set aside, else why not.</returns>
    public async Task<Outcome?> ReserveAsync(Attempt attempt, long bytes, long uncounted, LeftBehind left, CancellationToken cancel)
    {
        var refused = await ReserveAsync(attempt, bytes, uncounted + left.Bytes, cancel);
        if (refused is Outcome.NoRoom && left.Bytes > 0)
        {
            left.Drop();
            refused = await ReserveAsync(attempt, bytes, uncounted, cancel);
        }

        if (refused is not Outcome.NoRoom full)
            return refused;
        // What nobody waits for needs the room that it leaves to the others as well.
        var wanted = bytes + uncounted + (attempt.Ticket.Lane >= Lane.Ahead && _options.MaxBytes is { Bytes: var max } ? max - _options.ForBulk(max) : 0);
        _wanted.Want(wanted);
        return full with { Bytes = wanted };
    }

    /// <param name="written">Bytes that stand on the disk already, and are counted with the new ones until the copy is done.</param>
    public async Task<Outcome?> ReserveAsync(Attempt attempt, long bytes, long written, CancellationToken cancel)
    {
        if (FileSystemRefuses(bytes) is { } full)
            return new Outcome.NoRoom(full);
        return await _group.AddAsync(new Request(attempt, bytes + written), cancel) switch
        {
            null => null,
            "" => new Outcome.Superseded(),
            var reason => new Outcome.NoRoom(reason),
        };
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    private string? FileSystemRefuses(long bytes)
    {
        var space = _store.Space();
        if (space.FreeBytes - bytes < _options.MinFreeBytes.Bytes)
            return $"needs {bytes} bytes; the store's file system has {space.FreeBytes} free, of which Storage:MinFreeBytes keeps {_options.MinFreeBytes}";
        return space.FreeInodes < _options.MinFreeInodes
            ? $"the store's file system has {space.FreeInodes} inodes free, fewer than Storage:MinFreeInodes ({_options.MinFreeInodes})"
            : null;
    }

    private async Task<IReadOnlyList<string?>> CommitAsync(IReadOnlyList<Request> requests, CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand(Sql.Named("Copying.Reserve"));
        command.Parameters.Add(new NpgsqlParameter<string[]>("asset_id", [.. requests.Select(r => r.Attempt.Id.ToString())]));
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("attempt", [.. requests.Select(r => r.Attempt.Token)]));
        command.Parameters.Add(new NpgsqlParameter<long[]>("bytes", [.. requests.Select(r => r.Bytes)]));
        command.Parameters.Add(new NpgsqlParameter("bulk", NpgsqlDbType.Bigint) { Value = _options.MaxBytes is { } max ? _options.ForBulk(max.Bytes) : DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("max", NpgsqlDbType.Bigint) { Value = (object?)_options.MaxBytes?.Bytes ?? DBNull.Value });

        command.Parameters.AddWithValue("free", _store.Space().FreeBytes - _options.MinFreeBytes.Bytes);

        var granted = new Dictionary<Guid, (bool Granted, bool IsFull, long Taken)>();
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            granted[row.GetGuid(0)] = (row.GetBoolean(1), row.GetBoolean(2), row.GetInt64(3));
        return [.. requests.Select(r => granted.TryGetValue(r.Attempt.Token, out var g) ? Answer(r, g.Granted, g.IsFull, g.Taken) : "")];
    }

    private string? Answer(Request request, bool granted, bool isFull, long taken) => granted ? null
        : isFull ? $"needs {request.Bytes} bytes; what the store's file system has free beside Storage:MinFreeBytes ({_options.MinFreeBytes}) is promised to other copies"
        : $"needs {request.Bytes} bytes; the store holds or has promised {taken} of Storage:MaxBytes {_options.MaxBytes}";

    private sealed record Request(Attempt Attempt, long Bytes);
}
