namespace Understudy.Integration.Tests.TestKit;

/// <summary>A request, and what it was answered; the numbers grow while the body is on its way.</summary>
internal sealed class FaultyExchange(FaultyRequest request)
{
    private long _bytesSent;

    public FaultyRequest Request => request;

    /// <summary>0 where it never came to headers.</summary>
    public int Status { get; set; }

    /// <summary>Body bytes handed to the socket, without error documents.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public Fault? Fault { get; init; }

    internal void Sent(long bytes) => Interlocked.Add(ref _bytesSent, bytes);
}
