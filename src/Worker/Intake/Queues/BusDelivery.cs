using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>A message on its way through the bus, which carries it as a payload: its body is anybody's, so it is not the bus that reads it.</summary>
internal sealed record BusDelivery(SqsMessage Message, string Queue)
{
    /// <summary>Stands in for the body, which the bus would only parse to no use.</summary>
    public static readonly byte[] NoBody = "{}"u8.ToArray();

    /// <summary>What the consumer made of it. Not told by an exception, which the bus would log with its stack each time.</summary>
    public Verdict? Verdict { get; set; }
}

/// <summary>What the bus takes every delivery for.</summary>
internal sealed record AnyMessage;

internal abstract record Verdict
{
    /// <summary>What it wants is committed, or it wants nothing: it can be deleted.</summary>
    internal sealed record Done : Verdict;

    /// <summary>It can't be understood, or breaks a rule, and will do so each time: the dead letters are where it belongs.</summary>
    internal sealed record Refused(string Reason) : Verdict;

    /// <summary>The catalogue is away, or DLCS's database: the message is fine.</summary>
    internal sealed record NotNow(string Reason) : Verdict;
}
