using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Intake;

/// <summary>
/// The only way into the catalogue for events: they become wishes, and wishes plans. When a call returns, what it brought
/// is committed; only then may a message be acknowledged.
/// </summary>
internal sealed partial class IntakeQueue : IAsyncDisposable
{
    internal const int LargestBatch = 1000;

    private readonly NpgsqlDataSource _catalogue;
    private readonly PlanOptions _options;
    private readonly Wake _wake;
    private readonly TimeProvider _time;
    private readonly bool _purges;
    private readonly bool _records;
    private readonly CustomerNames _names = new();
    private readonly ILogger<IntakeQueue> _log;
    private readonly GroupCommit<Wish, bool> _group;

    public IntakeQueue(NpgsqlDataSource catalogue, PlanOptions options, Wake wake, IEnumerable<PoolSlots> pools, UseRecording recording, TimeProvider time, ILogger<IntakeQueue> log)
    {
        (_catalogue, _options, _wake, _time, _log) = (catalogue, options, wake, time, log);
        _purges = pools.Any(p => p.Pool == Pool.Caches);
        _records = recording.IsOn;
        // Publishers hold a request or a message meanwhile, and come again if this fails.
        _group = new GroupCommit<Wish, bool>(LargestBatch, TimeSpan.FromSeconds(10), time, CommitAsync);
    }

    /// <returns>How many different assets the events spoke of.</returns>
    /// <exception cref="ArgumentException">One of them breaks a rule of <see cref="EventRules"/>; none was taken.</exception>
    public async Task<int> AcceptAsync(IReadOnlyCollection<AssetEvent> events, CancellationToken cancel)
    {
        if (events.Select(EventRules.Check).FirstOrDefault(broken => broken is not null) is { } rule)
            throw new ArgumentException(rule, nameof(events));

        var received = _time.GetUtcNow();
        foreach (var e in events)
            IntakeMetrics.Received(e);
        var wishes = Merge(events.Select(e => Wish.From(e, received)));
        await Task.WhenAll(wishes.Select(w => _group.AddAsync(w, cancel)));
        return wishes.Count;
    }

    /// <inheritdoc cref="AcceptAsync"/>
    public Task WantAsync(Wish wish, CancellationToken cancel) => _group.AddAsync(wish, cancel);

    /// <summary>Counts a use some time soon; may be lost when the worker is killed.</summary>
    public void Count(AssetId id) => _group.TryAdd(Wish.Use(id, Lane.Hit));

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    internal static List<Wish> Merge(IEnumerable<Wish> wishes) =>
        [.. wishes.GroupBy(w => w.Id).Select(g => g.Aggregate((earlier, later) => earlier.And(later)))];

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<Wish> wishes, CancellationToken cancel)
    {
        var merged = Merge(wishes);
        await using var connection = await _catalogue.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        var ofBytes = merged.FindAll(w => w.IsOfBytes);
        if (ofBytes.Count > 0)
            batch.BatchCommands.Add(Write(ofBytes, _options.DeadFor, _records));
        AddPurges(batch, merged.FindAll(w => w.Purge is not null));
        var news = _names.News(merged);
        if (news.Count > 0)
            batch.BatchCommands.Add(CustomerNames.Write(news));
        if (batch.BatchCommands.Count == 0)
            return new bool[wishes.Count];

        var due = false;
        await using (var row = await batch.ExecuteReaderAsync(cancel))
        {
            while (ofBytes.Count > 0 && await row.ReadAsync(cancel))
                due |= row.GetBoolean(2);
            // What the others say is of no interest, but that they could.
            while (await row.NextResultAsync(cancel))
            {
            }
        }

        _names.Written(news);
        if (due)
            _wake.PlansAreDue();
        return new bool[wishes.Count];
    }

    private void AddPurges(NpgsqlBatch batch, List<Wish> wanted)
    {
        if (wanted.Count > 0 && !_purges)
        {
            LogNothingToPurge(wanted.Count);
            return;
        }

        foreach (var alike in wanted.GroupBy(w => (w.Purge!.Recopies, w.Purge.Warms, w.Purge.By, Only: w.Purge.Only is { } only ? string.Join('\n', only) : null)))
            batch.BatchCommands.Add(alike.First().Purge!.Of([.. alike.Select(w => $"{w.Id}")], alike.Min(w => w.Lane), bulk: null));
    }

    /// <summary>The statement for these wishes, no two of one asset.</summary>
    internal static NpgsqlBatchCommand Write(List<Wish> merged, TimeSpan deadFor, bool record)
    {
        var command = new NpgsqlBatchCommand(Sql.Named("Intake.Intake"));
        Add("id", NpgsqlDbType.Text, w => w.Id.ToString());
        Add("customer", NpgsqlDbType.Integer, w => w.Id.Customer);
        Add("space", NpgsqlDbType.Integer, w => w.Id.Space);
        Add("source", NpgsqlDbType.Text, w => w.Change?.Source?.Uri);
        Add("source_at", NpgsqlDbType.TimestampTz, w => w.Change?.Source?.At);
        Add("at", NpgsqlDbType.TimestampTz, w => w.Change?.At);
        Add("goal", NpgsqlDbType.Text, w => w.Change is { } c ? JsonNamingPolicy.CamelCase.ConvertName(c.Goal.ToString()) : null);
        Add("announced", NpgsqlDbType.Boolean, w => w.Change?.IsAnnounced ?? false);
        Add("stage", NpgsqlDbType.Text, w => w.Change?.Stage);
        Add("delete_from", NpgsqlDbType.Text, w => w.Change?.DeleteFrom is { } targets ? string.Join(',', targets) : null);
        Add("lane", NpgsqlDbType.Smallint, w => (short)w.Lane);
        Add("hits", NpgsqlDbType.Integer, w => w.Hits);
        Add("force", NpgsqlDbType.Boolean, w => w.Force);
        command.Parameters.AddWithValue("dead_for", deadFor);
        command.Parameters.AddWithValue("record", record);
        return command;

        void Add<T>(string name, NpgsqlDbType type, Converter<Wish, T> value) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = merged.ConvertAll(value).ToArray() });
    }

    [LoggerMessage(133, LogLevel.Warning, "{Count} purges were asked for by events, and there is no cache to purge: neither Cantaloupe:Tiles:ApiUser nor anything in section Purging is set")]
    private partial void LogNothingToPurge(int count);
}
