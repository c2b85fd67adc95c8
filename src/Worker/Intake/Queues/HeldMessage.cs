using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>A message in this worker's hands: hidden from others until it is deleted or given back.</summary>
internal sealed class HeldMessage(SqsMessage message, long hiddenAt)
{
    public SqsMessage Message { get; } = message;

    /// <summary>Timestamp of when it was last hidden.</summary>
    public long HiddenAt { get; set; } = hiddenAt;
}
