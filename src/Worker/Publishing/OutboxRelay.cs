using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Publishing;

/// <summary>
/// Publishes what settlements wrote into the outbox, one worker at a time, and deletes what is out. At least once: who dies after publishing
/// and before the commit, or loses the connection between them, leaves the rows to be published again. Those of one asset go in order.
/// </summary>
internal sealed partial class OutboxRelay(NpgsqlDataSource catalogue, IAnnouncementSink sink, Outbox outbox, TimeProvider time, ILogger<OutboxRelay> log)
    : BackgroundService
{
    /// <summary>A connection and a transaction are held for as long; what isn't out by then is tried again.</summary>
    public static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(30);

    /// <summary>What other workers settled is found by looking.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // Between tries, of a single message as of the whole topic. There is no last one: what may pass is never given up.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // By then minutes have passed, and somebody should look at this message.
    private const int ManyAttempts = 20;

    private int _stuck;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var round = await TryRoundAsync(stop);
            if (stop.IsCancellationRequested)
                return;
            if (round is Round.Stuck { Reason: var reason })
                await PauseAsync(reason, stop);
            else if (round is Round.Moved or Round.Empty)
                Flows();
            if (round is Round.Empty or Round.NotNow)
                await outbox.WaitAsync(Poll, stop);
        }
    }

    /// <summary>One look at the outbox: takes up to a hundred rows, publishes them, and deletes those that are out.</summary>
    public async Task<Round> RunAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await using var turn = await connection.BeginTransactionAsync(cancel);
        if (!await connection.ExecuteScalarAsync<bool>(new("select pg_try_advisory_xact_lock(hashtext('understudy outbox'))", transaction: turn, cancellationToken: cancel)))
            return new Round.NotNow();

        var waiting = (await connection.QueryAsync<Row>(new(Sql.Named("Publishing.Take"), transaction: turn, cancellationToken: cancel))).AsList();
        if (waiting.Count == 0)
        {
            return await connection.ExecuteScalarAsync<bool>(new("select exists (select from outbox where dead_at is null)", transaction: turn, cancellationToken: cancel))
                ? new Round.NotNow()
                : new Round.Empty();
        }

        var sent = await SendAsync(waiting, cancel);
        // Not cancelled any more: what is out would go out again.
        await NoteAsync(connection, sent);
        await turn.CommitAsync(CancellationToken.None);
        return sent.Outcome;
    }

    /// <summary>The outermost frame of a round: whatever happens, there is another one after a while.</summary>
    private async Task<Round> TryRoundAsync(CancellationToken stop)
    {
        try
        {
            return await RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new Round.NotNow();
        }
        catch (NpgsqlException e)
        {
            return new Round.Stuck($"the catalogue: {e.Message}");
        }
        catch (Exception e)
        {
            LogUnexpected(e);
            return new Round.Stuck(e.Message);
        }
    }

    /// <summary>
    /// In waves, each with at most one row an asset and in the order of their ids; what failed holds back the later ones of its asset.
    /// So a sink may send a wave's messages side by side.
    /// </summary>
    private async Task<Sent> SendAsync(IReadOnlyList<Row> waiting, CancellationToken cancel)
    {
        var sent = new Sent();
        var held = new HashSet<string>(StringComparer.Ordinal);
        using var longest = new CancellationTokenSource(LongestRound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, cancel);
        foreach (var wave in waiting.GroupBy(r => r.Asset).SelectMany(asset => asset.Index()).GroupBy(r => r.Index, r => r.Item))
        {
            var rows = wave.Where(r => !held.Contains(r.Asset)).ToList();
            if (rows.Count == 0)
                continue;

            try
            {
                var failures = (await PublishAsync(rows, either.Token)).DistinctBy(f => f.Id).ToDictionary(f => f.Id);
                foreach (var row in rows)
                {
                    if (sent.Add(row, failures.GetValueOrDefault(row.Id)) is { MayPass: true })
                        held.Add(row.Asset);
                }
            }
            catch (Exception e)
            {
                sent.Broken = longest.IsCancellationRequested ? $"no answer within {LongestRound}" : e.Message;
                break;
            }
        }

        return sent;
    }

    private Task<IReadOnlyList<PublishFailure>> PublishAsync(List<Row> rows, CancellationToken cancel)
    {
        var publishing = sink.PublishAsync(rows.ConvertAll(r => new Announcement(r.Id, r.Type, AssetId.Parse(r.Asset), r.Json)), cancel);
        // One that doesn't heed the cancellation must not hold the transaction open. What it still brings about comes twice.
        _ = publishing.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return publishing.WaitAsync(cancel);
    }

    private async Task NoteAsync(NpgsqlConnection connection, Sent sent)
    {
        if (sent.Out.Count > 0)
            await connection.ExecuteAsync("delete from outbox where id = any(@id)", new { id = sent.Out.ConvertAll(r => r.Id) });
        if (sent.Failed.Count > 0)
        {
            await connection.ExecuteAsync(Sql.Named("Publishing.NotPublished"), new
            {
                id = sent.Failed.ConvertAll(f => f.Row.Id),
                reason = sent.Failed.ConvertAll(f => f.Failure.Reason),
                delay = sent.Failed.ConvertAll(f => Backoff.After(f.Row.Attempts + 1, FirstPause, LongestPause, Random.Shared.NextDouble()).TotalSeconds),
                dead = sent.Failed.ConvertAll(f => !f.Failure.MayPass),
            });
        }

        foreach (var row in sent.Out)
            PublishingMetrics.Published(row.Type);
        foreach (var (row, failure) in sent.Failed)
        {
            PublishingMetrics.Failed(row.Type, failure.MayPass);
            if (!failure.MayPass)
                LogSetAside(row.Type, row.Id, row.Asset, failure.Reason);
            else if (row.Attempts + 1 == ManyAttempts)
                LogFailsOften(row.Type, row.Id, row.Asset, ManyAttempts, failure.Reason);
        }
    }

    private async Task PauseAsync(string reason, CancellationToken stop)
    {
        var pause = Backoff.After(++_stuck, FirstPause, LongestPause, Random.Shared.NextDouble());
        if (_stuck == 1)
            LogStuck(pause, reason);
        await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Flows()
    {
        if (_stuck > 0)
            LogFlows(_stuck);
        _stuck = 0;
    }

    private sealed record Row(long Id, string Type, string Asset, string Json, int Attempts);

    /// <summary>What came of the rows that were taken; those in neither list stay as they are.</summary>
    private sealed class Sent
    {
        public List<Row> Out { get; } = [];

        public List<(Row Row, PublishFailure Failure)> Failed { get; } = [];

        /// <summary>Why the sink gave up.</summary>
        public string? Broken { get; set; }

        public Round Outcome =>
            Broken is not null ? new Round.Stuck(Broken)
            : Out.Count == 0 && Failed.TrueForAll(f => f.Failure.MayPass) ? new Round.Stuck(Failed[0].Failure.Reason)
            : new Round.Moved();

        public PublishFailure? Add(Row row, PublishFailure? failure)
        {
            if (failure is null)
                Out.Add(row);
            else
                Failed.Add((row, failure));
            return failure;
        }
    }

    [LoggerMessage(150, LogLevel.Warning, "Nothing can be published, next try in {Pause}, and with growing pauses: {Reason}")]
    private partial void LogStuck(TimeSpan pause, string reason);

    [LoggerMessage(151, LogLevel.Information, "Publishing works again after {Rounds} failed rounds")]
    private partial void LogFlows(int rounds);

    [LoggerMessage(152, LogLevel.Error, "{Type} (outbox {Id}) for {Asset} can't be published and is set aside: {Reason}")]
    private partial void LogSetAside(string type, long id, string asset, string reason);

    [LoggerMessage(153, LogLevel.Warning, "{Type} (outbox {Id}) for {Asset} could not be published {Attempts} times, and is tried on: {Reason}")]
    private partial void LogFailsOften(string type, long id, string asset, int attempts, string reason);

    [LoggerMessage(154, LogLevel.Error, "Unexpected failure while publishing")]
    private partial void LogUnexpected(Exception e);
}
