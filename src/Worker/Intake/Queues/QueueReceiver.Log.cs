namespace Understudy.Intake.Queues;

internal sealed partial class QueueReceiver
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue} can't be read: {Reason}")]
    private partial void LogUnreadable(string queue, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} is throttled: {Reason}")]
    private partial void LogThrottled(string queue, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} can be read again")]
    private partial void LogReadAgain(string queue);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} isn't there: making it, and its queue for dead letters")]
    private partial void LogCreating(string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} has no redrive policy: what can't be understood stays in it, and comes round every 15 minutes. Give it a dead-letter queue")]
    private partial void LogNoDeadLetters(string queue);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue}: message {Id} (delivery {Deliveries}) failed")]
    private partial void LogFailed(Exception failure, string queue, string id, int deliveries);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue}: message {Id} goes to the dead letters after {Deliveries} deliveries: {Reason}")]
    private partial void LogDeadLetter(string queue, string id, int deliveries, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue}: a database is away, messages stay in hand until it is back: {Reason}")]
    private partial void LogCatalogueAway(string queue, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: the database is back")]
    private partial void LogCatalogueBack(string queue);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Queue {Queue}: message {Id} could not be given back, and stays hidden until its time-out: {Reason}")]
    private partial void LogNotGivenBack(string queue, string id, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: stopping, {Count} messages in hand")]
    private partial void LogDraining(string queue, int count);
}
