using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Publishing;

namespace Understudy.Plans;

/// <summary>What an attempt comes to in the catalogue.</summary>
/// <param name="Delay">Pause before the next try, where there is one.</param>
internal sealed record Settlement(Attempt Attempt, Outcome Outcome, TimeSpan Delay, bool Dead);

/// <summary>Writes outcomes into the catalogue, many with one commit, and only for the newest attempt of a plan.</summary>
internal sealed class Settlements : IAsyncDisposable
{
    private readonly NpgsqlDataSource _catalogue;
    private readonly Outbox _outbox;
    private readonly bool _warms;
    private readonly bool _purges;
    private readonly ByUrgency<Settlement, bool> _commits;
    private readonly bool _records;

    public Settlements(NpgsqlDataSource catalogue, Outbox outbox, IEnumerable<PoolSlots> pools, UseRecording recording, TimeProvider time)
    {
        (_catalogue, _outbox) = (catalogue, outbox);
        _warms = pools.Any(p => p.Pool == Pool.ImageServers);
        _purges = pools.Any(p => p.Pool == Pool.Caches);
        _records = recording.IsOn;
        // A copy that is published and can't be recorded is done again later; so insist for a while.
        _commits = new(500, TimeSpan.FromSeconds(30), time, CommitAsync);
    }

    /// <returns>Whether the attempt was still the newest one, so that its outcome counts.</returns>
    public Task<bool> WriteAsync(Settlement settlement) => _commits.AddAsync(settlement.Attempt.Ticket.Lane, settlement);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancel)
    {
        await using var connection = await _catalogue.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        var looks = settlements.Where(s => s.Outcome is Outcome.NotYet or Outcome.GoOn or Outcome.NothingToDo or Outcome.Warmed or Outcome.Purged).ToArray();
        if (settlements.Where(s => s.Outcome is Outcome.GoOn { Source: not null } or Outcome.Kept { UsedAt: not null }).ToArray() is { Length: > 0 } learnt)
            Command(batch, "Plans.LockAssets", learnt);
        Command(batch, "Plans.LockPlans", [.. settlements]);
        AddLooks(batch, looks);
        AddCopied(batch, [.. settlements.Where(s => s.Outcome is Outcome.Copied or Outcome.AlreadyThere)]);
        AddRemoved(batch, [.. settlements.Where(s => s.Outcome is Outcome.Removed or Outcome.Evicted)]);
        AddKept(batch, [.. settlements.Where(s => s.Outcome is Outcome.Kept)]);
        AddPutBack(batch, [.. settlements.Where(s => s.Outcome is Outcome.SourceChanged or Outcome.NoRoom or Outcome.Failed or Outcome.Hopeless or Outcome.Stopped)]);

        var settled = new HashSet<Guid>();
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        do
        {
            // Locks answer without columns.
            while (rows.FieldCount > 0 && await rows.ReadAsync(cancel))
                settled.Add(rows.GetGuid(0));
        }
        while (await rows.NextResultAsync(cancel));

        _outbox.MayHoldMore();
        return [.. settlements.Select(s => settled.Contains(s.Attempt.Token))];
    }

    private void AddCopied(NpgsqlBatch batch, Settlement[] done)
    {
        if (done.Length == 0)
            return;

        var copies = Array.ConvertAll(done, s => s.Outcome is Outcome.Copied c ? c.Copy : ((Outcome.AlreadyThere)s.Outcome).Copy);
        var command = Announced(Command(batch, "Plans.Copied", done));
        command.Parameters.Add(new NpgsqlParameter<bool>("warm", _warms));
        command.Parameters.Add(new NpgsqlParameter<bool>("purge", _purges));
        Add(command, "path", NpgsqlDbType.Text, copies, c => c.Path);
        Add(command, "bytes", NpgsqlDbType.Bigint, copies, c => c.Version.Length);
        Add(command, "source", NpgsqlDbType.Text, copies, c => c.Source);
        Add(command, "etag", NpgsqlDbType.Text, copies, c => c.Version.ETag);
        Add(command, "version_id", NpgsqlDbType.Text, copies, c => c.Version.VersionId);
        Add(command, "source_modified", NpgsqlDbType.TimestampTz, copies, c => c.Version.Modified?.ToUniversalTime());
        Add(command, "crc32c", NpgsqlDbType.Bigint, copies, c => (long)c.Crc32C);
        Add(command, "format", NpgsqlDbType.Text, copies, c => c.Facts?.Format.ToString());
        Add(command, "width", NpgsqlDbType.Integer, copies, c => c.Facts?.Width);
        Add(command, "height", NpgsqlDbType.Integer, copies, c => c.Facts?.Height);
        Add(command, "tile_width", NpgsqlDbType.Integer, copies, c => c.Facts?.TileWidth);
        Add(command, "tile_height", NpgsqlDbType.Integer, copies, c => c.Facts?.TileHeight);
        Add(command, "levels", NpgsqlDbType.Integer, copies, c => c.Facts?.Levels);
        Add(command, "components", NpgsqlDbType.Integer, copies, c => c.Facts?.Components);
        Add(command, "bit_depth", NpgsqlDbType.Integer, copies, c => c.Facts?.BitDepth);
        AddAside(command, done, o => (o as Outcome.Copied)?.Replaced);
        Add(command, "what", NpgsqlDbType.Text, done, s => s.Outcome switch
        {
            Outcome.Copied { Adopted: true } => "adopted",
            Outcome.Copied { Replaced: not null } => "replaced",
            Outcome.Copied => "copied",
            _ => "unchanged",
        });
    }

    private void AddRemoved(NpgsqlBatch batch, Settlement[] done)
    {
        if (done.Length == 0)
            return;

        var command = Announced(Command(batch, "Plans.Removed", done));
        command.Parameters.Add(new NpgsqlParameter<bool>("purge", _purges));
        AddAside(command, done, o => o is Outcome.Evicted evicted ? evicted.Retired : ((Outcome.Removed)o).Retired);
    }

    /// <summary>What an attempt put aside, and what those before it had when they died.</summary>
    private static void AddAside(NpgsqlBatchCommand command, Settlement[] done, Func<Outcome, RetiredFile?> own)
    {
        var aside = done.SelectMany(s => own(s.Outcome) is { } file ? s.Attempt.LeftAside.Append(file) : s.Attempt.LeftAside, (s, file) => (s.Attempt.Token, File: file)).ToArray();
        Add(command, "aside_attempt", NpgsqlDbType.Uuid, aside, a => a.Token);
        Add(command, "aside_name", NpgsqlDbType.Text, aside, a => a.File.Name);
        Add(command, "aside_bytes", NpgsqlDbType.Bigint, aside, a => a.File.Bytes);
    }

    private void AddKept(NpgsqlBatch batch, Settlement[] kept)
    {
        if (kept.Length == 0)
            return;

        var command = Command(batch, "Plans.Kept", kept);
        command.Parameters.Add(new NpgsqlParameter<bool>("record", _records));
        Add(command, "why", NpgsqlDbType.Text, kept, s => ((Outcome.Kept)s.Outcome).Why);
        Add(command, "used_at", NpgsqlDbType.TimestampTz, kept, s => ((Outcome.Kept)s.Outcome).UsedAt?.ToUniversalTime());
    }

    private void AddPutBack(NpgsqlBatch batch, Settlement[] back)
    {
        if (back.Length == 0)
            return;

        var command = Announced(Command(batch, "Plans.PutBack", back));
        Add(command, "fault", NpgsqlDbType.Text, back, s => Faults.Name(s.Outcome));
        Add(command, "reason", NpgsqlDbType.Text, back, s => Faults.Reason(s.Outcome));
        Add(command, "delay", NpgsqlDbType.Double, back, s => s.Delay.TotalSeconds);
        Add(command, "counts", NpgsqlDbType.Boolean, back, s => s.Outcome is Outcome.Failed or Outcome.SourceChanged or Outcome.Hopeless);
        Add(command, "dead", NpgsqlDbType.Boolean, back, s => s.Dead);
        // What lies there is kept for the next attempt, and so is the room that it takes: also what a dead one may have published, which nobody has counted.
        Add(command, "keeps", NpgsqlDbType.Boolean, back, s => !s.Dead && !(s.Attempt.LeavesNothing && s.Attempt.Formers.Count == 0));
        Add(command, "fenced", NpgsqlDbType.Boolean, back, s => s.Attempt.HasFenced);
        Add(command, "nothing", NpgsqlDbType.Boolean, back, s => s.Attempt.LeavesNothing);
    }

    private NpgsqlBatchCommand Announced(NpgsqlBatchCommand command)
    {
        command.Parameters.Add(new NpgsqlParameter<bool>("publish", _outbox.IsOn));
        return command;
    }

    private void AddLooks(NpgsqlBatch batch, Settlement[] looks)
    {
        if (looks.Length == 0)
            return;

        var command = Announced(Command(batch, "Plans.Looked", looks));
        Add(command, "next", NpgsqlDbType.Text, looks, s => (s.Outcome as Outcome.GoOn)?.Stage);
        Add(command, "reason", NpgsqlDbType.Text, looks, s => Faults.Reason(s.Outcome));
        Add(command, "delay", NpgsqlDbType.Double, looks, s => s.Delay.TotalSeconds);
        Add(command, "baseline", NpgsqlDbType.Text, looks, s => (s.Outcome as Outcome.NotYet)?.Baseline);
        Add(command, "source", NpgsqlDbType.Text, looks, s => (s.Outcome as Outcome.GoOn)?.Source?.Uri);
        Add(command, "source_at", NpgsqlDbType.TimestampTz, looks, s => (s.Outcome as Outcome.GoOn)?.Source?.At.ToUniversalTime());
        Add(command, "done", NpgsqlDbType.Boolean, looks, s => s.Outcome is Outcome.NothingToDo or Outcome.Warmed or Outcome.Purged);
        Add(command, "what", NpgsqlDbType.Text, looks, s => s.Outcome switch { Outcome.GoOn o => o.What, Outcome.NothingToDo => "nothing to do", Outcome.Warmed => "warmed", Outcome.Purged => "purged", _ => null });
        Add(command, "detail", NpgsqlDbType.Text, looks, s => s.Outcome switch { Outcome.GoOn o => o.Note, Outcome.NothingToDo o => o.Reason, Outcome.Warmed o => o.Note, Outcome.Purged o => o.Note, _ => null });
    }

    private static NpgsqlBatchCommand Command(NpgsqlBatch batch, string sql, Settlement[] settlements)
    {
        var command = new NpgsqlBatchCommand(Sql.Named(sql));
        Add(command, "asset_id", NpgsqlDbType.Text, settlements, s => s.Attempt.Id.ToString());
        Add(command, "attempt", NpgsqlDbType.Uuid, settlements, s => s.Attempt.Token);
        Add(command, "generation", NpgsqlDbType.Bigint, settlements, s => s.Attempt.Generation);
        Add(command, "stage", NpgsqlDbType.Text, settlements, s => s.Attempt.Stage);
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void Add<TFrom, TValue>(NpgsqlBatchCommand command, string name, NpgsqlDbType type, TFrom[] from, Converter<TFrom, TValue> value) =>
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = Array.ConvertAll(from, value) });
}
