using System.Globalization;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>What other nodes tell this one through the catalogue's notifications. Each may get lost: the runner's polls make good for it.</summary>
internal sealed class PlanNews(Notifications notifications, Wake wake, Waiters waiters, RunningAttempts running) : IHostedService
{
    public Task StartAsync(CancellationToken cancel)
    {
        notifications.Subscribe("understudy_due", _ => wake.PlansAreDue());
        notifications.Subscribe("understudy_settled", id => waiters.Settled(AssetId.Parse(id)));
        notifications.Subscribe("understudy_lift", Lift);
        notifications.Reconnected += wake.PlansAreDue;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <param name="payload">Lane, blank, asset id.</param>
    private void Lift(string payload)
    {
        var blank = payload.IndexOf(' ', StringComparison.Ordinal);
        running.Lift(AssetId.Parse(payload[(blank + 1)..]), (Lane)int.Parse(payload[..blank], CultureInfo.InvariantCulture));
    }
}
