using System.Text;
using MassTransit;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Intake.Understanding;

namespace Understudy.Intake.Queues;

/// <summary>Reads a queue's message, whoever wrote it, and returns when what it wants is committed.</summary>
internal sealed partial class QueueConsumer(MessageReader reader, DlcsMessages dlcs, IntakeQueue intake, ILogger<QueueConsumer> log) : IConsumer<AnyMessage>
{
    private const int Shown = 500;

    public async Task Consume(ConsumeContext<AnyMessage> context)
    {
        var delivery = context.GetPayload<BusDelivery>();
        var message = delivery.Message;
        var understood = reader.Read(new RawMessage(message.Body, message.Attributes, message.SentAt));
        delivery.Verdict = await TakeAsync(delivery, understood, context.CancellationToken);
        QueueMetrics.Read(delivery.Queue, understood.Shape, delivery.Verdict);
    }

    private async Task<Verdict> TakeAsync(BusDelivery delivery, Understood understood, CancellationToken cancel)
    {
        try
        {
            return await ActAsync(delivery, understood, cancel);
        }
        catch (NpgsqlException e) when (e.MayPass())
        {
            return new Verdict.NotNow(e.Message);
        }
    }

    private async Task<Verdict> ActAsync(BusDelivery delivery, Understood understood, CancellationToken cancel)
    {
        var (message, queue) = delivery;
        switch (understood)
        {
            case Understood.Events said:
                if (await dlcs.CheckAsync(said, cancel) is { Count: > 0 } events)
                    await intake.AcceptAsync(events, cancel);
                else
                    LogIgnored(queue, message.Id, said.Shape, "DLCS has the asset again");
                return new Verdict.Done();
            case Understood.BatchCompleted batch:
                LogBatch(queue, batch.Customer, batch.Batch, await dlcs.AcceptAsync(batch, cancel) is { } assets ? $"{assets} assets" : "without Dlcs:Database nobody knows which assets it holds");
                return new Verdict.Done();
            case Understood.Ignored ignored:
                LogIgnored(queue, message.Id, ignored.Shape, ignored.Reason);
                return new Verdict.Done();
            case Understood.Refused refused:
                LogRefused(queue, message.Id, message.Deliveries, refused.Reason, Beginning(message.Body));
                return new Verdict.Refused(refused.Reason);
            default:
                throw new InvalidOperationException("no such meaning");
        }
    }

    private static string Beginning(byte[] body)
    {
        // Four bytes are the longest character.
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 4 * Shown)));
        return text.Length <= Shown ? text : text[..Shown] + "…";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue}: message {Id} (delivery {Deliveries}) is refused: {Reason}. It begins: {Beginning}")]
    private partial void LogRefused(string queue, string id, int deliveries, string reason, string beginning);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Queue {Queue}: message {Id} ({Shape}) is none of our business: {Reason}")]
    private partial void LogIgnored(string queue, string id, string shape, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: batch {Customer}/{Batch} of DLCS is complete: {Assets}")]
    private partial void LogBatch(string queue, int customer, int batch, string assets);
}
