namespace Understudy.Warming.Flow;

/// <summary>Somebody who wants to make a request and is in a <see cref="WaitingLine"/>, or was.</summary>
internal sealed class Waiter(NodeFlow node, long pixels, int lane, long arrival)
    : TaskCompletionSource<Turn?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public NodeFlow Node => node;
    public long Pixels => pixels;
    public int Lane => lane;
    public long Arrival => arrival;

    /// <summary>null once the wait is over.</summary>
    public LinkedListNode<Waiter>? Place { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    public bool IsBefore(Waiter other) => lane < other.Lane || (lane == other.Lane && arrival < other.Arrival);
}
