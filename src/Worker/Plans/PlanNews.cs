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
        notifications.Subscribe("understudy_wanted", Wanted);
        notifications.Reconnected += wake.PlansAreDue;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <param name="payload">Lane, stage, asset id, with blanks between; only the last may hold blanks itself.</param>
    private void Wanted(string payload)
    {
        var words = payload.Split(' ', 3);
        running.Wanted(AssetId.Parse(words[2]), (Lane)int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }
}
