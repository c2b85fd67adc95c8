using System.Diagnostics;
using Understudy.Bench.Contenders;
using Understudy.Bench.Measuring;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Intake;

/// <summary>
/// Workers empty a queue. They run and are warm, but are held still (SIGSTOP) while it is filled, so that start-up is in no
/// figure and nothing is received before the clock runs. The clock starts as they go on.
/// </summary>
internal sealed class WorkersOnQueue(string name, Emulator emulator, string url, Workers all, params WorkerService[] readers) : IWay
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    public string Name => name;

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        var before = await set.ProgressAsync(all.Catalogue, cancel);
        await FillAsync(set, cancel);
        var (cpu, catalogueCpu, emulatorCpu) = (Cpu(), all.CatalogueCpuSeconds, emulator.Process.CpuSeconds);
        var started = Stopwatch.GetTimestamp();
        GoOn();
        await CommittedAsync(set, before, started, cancel);
        var committed = Stopwatch.GetElapsedTime(started);
        await emulator.EmptiedAsync(url, cancel);
        return new IntakeSample(
            committed.TotalSeconds,
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            Cpu() - cpu,
            all.CatalogueCpuSeconds - catalogueCpu,
            emulator.Process.CpuSeconds - emulatorCpu);
    }

    /// <summary>Fills the queue while nobody receives. Then they are to <see cref="GoOn"/>.</summary>
    public async Task FillAsync(MessageSet set, CancellationToken cancel)
    {
        foreach (var reader in readers)
            Native.Pause(reader.Process.Id);
        try
        {
            await emulator.FillAsync(url, set.Bodies, cancel);
        }
        catch
        {
            // What is held still can't even end.
            GoOn();
            throw;
        }
    }

    public void GoOn()
    {
        foreach (var reader in readers)
            Native.Resume(reader.Process.Id);
    }

    /// <summary>Half of the time that the rest should take lies between two looks, so they are few and the last is close.</summary>
    public async Task CommittedAsync(MessageSet set, long before, long started, CancellationToken cancel)
    {
        for (long done; (done = await set.ProgressAsync(all.Catalogue, cancel) - before) < set.Events.Count;)
        {
            var rest = done == 0 ? ShortestPause : Stopwatch.GetElapsedTime(started) * ((double)(set.Events.Count - done) / done);
            await Task.Delay(TimeSpan.FromTicks(Math.Clamp((rest / 2).Ticks, ShortestPause.Ticks, LongestPause.Ticks)), TimeProvider.System, cancel);
        }
    }

    private double Cpu() => readers.Sum(r => r.Process.CpuSeconds);
}
