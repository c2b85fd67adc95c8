using MassTransit;
using MassTransit.Transports;
using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>Receives from every configured queue for as long as the worker runs, and hands what comes to MassTransit's consumers.</summary>
internal sealed class QueueListeners(
    MessagingOptions options, SqsClient sqs, IReceiveEndpointDispatcherFactory dispatchers, TimeProvider time, ILogger<QueueListeners> log) : BackgroundService
{
    private readonly QueueStatus[] _queues = [.. options.Queues.Select(q => new QueueStatus(q))];

    public IReadOnlyList<QueueStatus> Queues => _queues;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        QueueMetrics.Observe(_queues);
        var priorities = new QueuePriorities(time);
        await Task.WhenAll(options.Queues.Zip(_queues, (queue, status) => ReceiveAsync(queue, status, priorities, stop)));
    }

    private async Task ReceiveAsync(QueueOptions queue, QueueStatus status, QueuePriorities priorities, CancellationToken stop)
    {
        using var receiver = new QueueReceiver(queue, options, sqs, dispatchers.CreateConsumerReceiver<QueueConsumer>(queue.Name), priorities, status, time, log);
        await receiver.RunAsync(stop);
    }
}
