using Understudy.Integration.Tests.Crash;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>Kills workers, one or both, in the middle of whatever they do, and starts them again.</summary>
internal sealed class Killer(IReadOnlyList<WorkerProcess> workers, int seed)
{
    private readonly Random _random = new(seed);

    public int Kills { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(_random.Next(500, 4000), CancellationToken.None);
            var victims = _random.Next(5) == 0 ? workers : [workers[_random.Next(workers.Count)]];
            foreach (var victim in victims)
                await victim.KillAsync();
            Kills += victims.Count;
            await Task.Delay(_random.Next(700), CancellationToken.None);
            foreach (var victim in victims)
                victim.Start();
            // Some are killed as they start; if all were, nothing would ever happen.
            if (_random.Next(4) > 0)
            {
                foreach (var victim in victims)
                    await victim.ReadyAsync(TimeSpan.FromSeconds(15));
            }
        }

        foreach (var worker in workers)
            await worker.ReadyAsync(TimeSpan.FromSeconds(30));
    }
}
