#pragma warning disable CA2012 // Held on purpose: the token is cancelled meanwhile.
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class FetchGateThreadsTests
{
    [Fact]
    public async Task Gate_under_many_threads_and_cancellations_serves_everyone_and_leaks_nothing()
    {
        var gate = new FetchGate(
            new FlowOptions { MinConnections = 3, StartConnections = 3, MaxConnections = 3, WaitingReserve = 1 }, new FakeTimeProvider());
        var tickets = Enumerable.Range(0, 10).Select(i => new FlowTicket(i % 3, (Lane)(i % 5))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            for (var n = 0; n < 1_000; n++)
            {
                using var cancel = new CancellationTokenSource();
                var entry = gate.EnterAsync(tickets[i], n, cancel.Token);
                tickets[random.Next(10)].Lane = (Lane)random.Next(5);
                if (n % 3 == 0)
                    await cancel.CancelAsync();
                try
                {
                    using var slot = await entry;
                    await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                }
            }
        })));

        Assert.Equal(0, gate.InFlight + Enum.GetValues<Lane>().Sum(gate.Queued));
    }
}
