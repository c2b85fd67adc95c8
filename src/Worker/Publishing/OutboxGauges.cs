using System.Diagnostics.Metrics;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Hosting;

namespace Understudy.Publishing;

/// <summary>How much waits in the outbox, as metrics. Looked up now and then, not at each scrape.</summary>
internal sealed class OutboxGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource _catalogue;
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<(string State, long Messages)> _messages = [];
    private double _oldest;

    public OutboxGauges(NpgsqlDataSource catalogue, TimeProvider time)
    {
        (_catalogue, _time) = (catalogue, time);
        Telemetry.Meter.CreateObservableGauge("understudy.outbox.waiting", () => _messages.Select(m => new Measurement<long>(m.Messages, new KeyValuePair<string, object?>("state", m.State))), "{message}", "Messages in the outbox: waiting to be published, or set aside because they can't be");
        Telemetry.Meter.CreateObservableGauge("understudy.outbox.oldest", () => Volatile.Read(ref _oldest), "s", "For how long the oldest message has waited to be published");
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            try
            {
                await LookAsync(stop);
            }
            catch (NpgsqlException)
            {
                // The relay logs that the catalogue is away; old figures are better than none.
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await using var command = _catalogue.CreateCommand(Sql.Named("Publishing.CountOutbox"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        _messages = [("waiting", row.GetInt64(0)), ("aside", row.GetInt64(2))];
        Volatile.Write(ref _oldest, row.GetDouble(1));
    }
}
