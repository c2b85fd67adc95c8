using MassTransit.Context;
using MassTransit.Serialization;
using Understudy.Contracts;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class MassTransitEnvelopeTests
{
    private static readonly AssetId Id = AssetId.Parse("2/5/ledger");

    [Fact]
    public void Envelope_that_MassTransit_itself_writes_is_understood()
    {
        AssertWrittenAndRead(new InfoJsonRequested { Id = Id, At = At("06:00:00") });
        AssertWrittenAndRead(new AssetIngested { Id = Id, At = At("06:00:00"), Source = "s3://masters/2/5/ledger", Lane = Lane.Bulk });
        AssertWrittenAndRead(new SourceUpdated { Id = Id, At = At("06:00:00"), Source = "s3://masters/2/5/ledger" });
        AssertWrittenAndRead(new AssetDeleted { Id = Id, At = At("06:00:00") });
    }

    private static void AssertWrittenAndRead<T>(T happened)
        where T : AssetEvent =>
        AssertEvents(ReadBytes(SystemTextJsonMessageSerializer.Instance.GetMessageBody(new MessageSendContext<T>(happened)).GetBytes()), "masstransit", false, happened);
}
