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
internal sealed class IntakeQueue : IAsyncDisposable
{
    internal const int LargestBatch = 1000;

    private readonly NpgsqlDataSource _catalogue;
    private readonly PlanOptions _options;
    private readonly Wake _wake;
    private readonly TimeProvider _time;
    private readonly GroupCommit<Wish, bool> _group;

    public IntakeQueue(NpgsqlDataSource catalogue, PlanOptions options, Wake wake, TimeProvider time)
    {
        (_catalogue, _options, _wake, _time) = (catalogue, options, wake, time);
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
        await using var command = _catalogue.CreateCommand();
        Write(merged, command, _options.DeadFor);

        var due = false;
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
                due |= row.GetBoolean(2);
        }

        if (due)
            _wake.PlansAreDue();
        return new bool[wishes.Count];
    }

    /// <summary>The statement for these wishes, no two of one asset.</summary>
    internal static void Write(List<Wish> merged, NpgsqlCommand command, TimeSpan deadFor)
    {
        command.CommandText = Sql.Named("Intake.Intake");
        Add("id", NpgsqlDbType.Text, w => w.Id.ToString());
        Add("customer", NpgsqlDbType.Integer, w => w.Id.Customer);
        Add("space", NpgsqlDbType.Integer, w => w.Id.Space);
        Add("source", NpgsqlDbType.Text, w => w.Change?.Source?.Uri);
        Add("source_at", NpgsqlDbType.TimestampTz, w => w.Change?.Source?.At);
        Add("at", NpgsqlDbType.TimestampTz, w => w.Change?.At);
        Add("goal", NpgsqlDbType.Text, w => w.Change is { } c ? JsonNamingPolicy.CamelCase.ConvertName(c.Goal.ToString()) : null);
        Add("announced", NpgsqlDbType.Boolean, w => w.Change?.IsAnnounced ?? false);
        Add("stage", NpgsqlDbType.Text, w => w.Change?.Stage);
        Add("lane", NpgsqlDbType.Smallint, w => (short)w.Lane);
        Add("hits", NpgsqlDbType.Integer, w => w.Hits);
        Add("force", NpgsqlDbType.Boolean, w => w.Force);
        command.Parameters.AddWithValue("dead_for", deadFor);

        void Add<T>(string name, NpgsqlDbType type, Converter<Wish, T> value) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = merged.ConvertAll(value).ToArray() });
    }
}
