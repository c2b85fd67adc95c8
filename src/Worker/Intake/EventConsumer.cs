using MassTransit;
using Understudy.Contracts;

namespace Understudy.Intake;

/// <summary>Events over the message bus. A message is acknowledged when its wish is committed, and comes again otherwise.</summary>
internal sealed class EventConsumer(IntakeQueue intake) :
    IConsumer<InfoJsonRequested>, IConsumer<AssetIngested>, IConsumer<SourceUpdated>, IConsumer<AssetDeleted>
{
    public Task Consume(ConsumeContext<InfoJsonRequested> context) => AcceptAsync(context);

    public Task Consume(ConsumeContext<AssetIngested> context) => AcceptAsync(context);

    public Task Consume(ConsumeContext<SourceUpdated> context) => AcceptAsync(context);

    public Task Consume(ConsumeContext<AssetDeleted> context) => AcceptAsync(context);

    private Task<int> AcceptAsync<T>(ConsumeContext<T> context)
        where T : AssetEvent =>
        intake.AcceptAsync([context.Message.At is null && context.SentTime is { } sent ? context.Message with { At = sent } : context.Message], context.CancellationToken);
}
