namespace Understudy.Integration.Tests.Crash;

internal enum Blow
{
    KillWorker,
    KillPostgres,
    KillBoth,
    KillBackend,
    KillStarting,
    Pause,
    Terminate,
}

/// <summary>
/// One blow a round, by a seed: what, to which worker, after how long, and whether the next one waits until the worker has recovered. Meanwhile it is the
/// supervisor that starts workers again.
/// </summary>
internal sealed class Chaos(IReadOnlyList<WorkerProcess> workers, CrashCatalogue catalogue, Pace pace, Ledger ledger, CrashSettings settings)
{
    // Longer than Plans:LeaseTime of the run.
    private static readonly TimeSpan ShortestPause = CrashRun.LeaseTime * 1.2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const int TerminatedBySignal = 128 + 15;

    private static readonly (int Share, Blow Blow)[] Alone =
        [(30, Blow.KillWorker), (20, Blow.KillPostgres), (20, Blow.KillBoth), (5, Blow.KillBackend), (10, Blow.KillStarting), (5, Blow.Pause), (10, Blow.Terminate)];

    private static readonly (int Share, Blow Blow)[] Together =
        [(30, Blow.KillWorker), (10, Blow.KillPostgres), (10, Blow.KillBoth), (5, Blow.KillBackend), (10, Blow.KillStarting), (25, Blow.Pause), (10, Blow.Terminate)];

    private readonly Random _random = new(settings.Seed + 1);

    public async Task RunAsync()
    {
        for (var round = 0; round < settings.Rounds && ledger.Violations.Count == 0; round++)
        {
            pace.Begin(round);
            var blow = Pick(workers.Count == 1 ? Alone : Together);
            var worker = workers[_random.Next(workers.Count)];
            await Task.Delay(_random.Next(700));
            Supervise();
            ledger.Count(blow.ToString());
            await StrikeAsync(blow, worker);
            if (_random.Next(3) > 0)
                await RecoverAsync(worker);
        }

        for (var round = 0; round < settings.Rounds; round++)
            pace.Begin(round);
        foreach (var worker in workers)
            await RecoverAsync(worker);
    }

    private async Task StrikeAsync(Blow blow, WorkerProcess worker)
    {
        switch (blow)
        {
            case Blow.KillWorker:
                await worker.KillAsync();
                worker.Start();
                break;
            case Blow.KillPostgres:
                catalogue.KillServer();
                break;
            case Blow.KillBoth:
                catalogue.KillServer();
                await worker.KillAsync();
                worker.Start();
                break;
            case Blow.KillBackend:
                catalogue.KillBackend(_random);
                break;
            case Blow.KillStarting:
                await worker.KillAsync();
                worker.Start();
                await Task.Delay(_random.Next(1500));
                await worker.KillAsync();
                worker.Start();
                break;
            case Blow.Pause:
                Signals.Pause(worker.Pid);
                await Task.Delay(ShortestPause + TimeSpan.FromMilliseconds(_random.Next(1500)));
                Signals.Resume(worker.Pid);
                break;
            case Blow.Terminate:
                // Before the host stands, nothing has begun that would have to be brought to an end.
                var isStarting = worker.Address is null;
                if (await worker.TerminateAsync(Patience) is var code && code != 0 && !(isStarting && code == TerminatedBySignal))
                    ledger.Violation($"{worker.Name} ended with {code?.ToString() ?? "no exit code, it had to be killed"} when asked to:\n{worker.LogTail(30)}");
                worker.Start();
                break;
        }
    }

    /// <summary>Waits until the worker answers, and starts it again where it has ended by itself.</summary>
    private async Task RecoverAsync(WorkerProcess worker)
    {
        while (!await worker.ReadyAsync(Patience))
        {
            if (!worker.EndedByItself)
            {
                ledger.Violation($"{worker.Name} is not ready after {Patience}:\n{worker.LogTail(30)}");
                return;
            }

            Restart(worker);
        }
    }

    private void Supervise()
    {
        foreach (var worker in workers.Where(w => w.EndedByItself))
            Restart(worker);
    }

    private void Restart(WorkerProcess worker)
    {
        ledger.Violation($"{worker.Name} ended by itself:\n{worker.LogTail(30)}");
        worker.Start();
    }

    private Blow Pick((int Share, Blow Blow)[] blows)
    {
        var share = _random.Next(blows.Sum(b => b.Share));
        return blows.First(b => (share -= b.Share) < 0).Blow;
    }
}
