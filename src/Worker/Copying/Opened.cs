using Understudy.Copying.Flow;
using Understudy.Copying.Sources;

namespace Understudy.Copying;

/// <summary>A source's answer while its body is still on the way, with the slot that it came through.</summary>
/// <param name="FirstByte">From the request to the answer.</param>
internal sealed record Opened(Reading.Body Body, FetchSlot Slot, TimeSpan FirstByte) : IDisposable
{
    /// <summary>What was read of the body already.</summary>
    public ReadOnlyMemory<byte> First { get; init; }

    public void Dispose()
    {
        Body.Dispose();
        Slot.Dispose();
    }
}
