using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Understudy.Integration.Tests.TestKit;

internal static class BodyEnding
{
    /// <summary>Ends a response of which not all has been sent.</summary>
    public static async Task EndAsync(this HttpContext context, BodyEnd end, TimeProvider time, CancellationToken stop)
    {
        switch (end)
        {
            case BodyEnd.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
                break;
            case BodyEnd.Reset:
                // Abort alone closes in good order; without lingering the kernel sends a reset.
                context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.LingerState = new LingerOption(true, 0);
                context.Abort();
                throw new OperationCanceledException("reset");
            case BodyEnd.Close:
                // Kestrel sends what is written, sees that it is short of Content-Length, and closes.
            case BodyEnd.Lie:
                break;
        }
    }
}
