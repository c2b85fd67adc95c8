using System.Diagnostics;
using Understudy.Aws;
using Understudy.Bench.Serving;

namespace Understudy.Bench.Intake;

/// <summary>The emulator's own limit: as many polls side by side as a worker has at most, full batches, each deleted as it came.</summary>
internal sealed class BareQueue(Emulator emulator, string url) : IWay
{
    public const string Title = "bare queue";

    private const int Polls = 8;

    private static readonly TimeSpan Hidden = TimeSpan.FromMinutes(2);

    public string Name => Title;

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        await emulator.FillAsync(url, set.Bodies, cancel);
        var left = set.Events.Count;
        var (cpu, emulatorCpu) = (Environment.CpuUsage.TotalTime, emulator.Process.CpuSeconds);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Polls).Select(_ => Task.Run(PollAsync, cancel)));
        var sample = new IntakeSample(
            null,
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            null,
            emulator.Process.CpuSeconds - emulatorCpu);
        // Had any come twice, others would be left.
        await emulator.EmptiedAsync(url, cancel);
        return sample;

        async Task PollAsync()
        {
            while (Volatile.Read(ref left) > 0)
            {
                var batch = await emulator.Sqs.ReceiveAsync(url, SqsClient.LargestBatch, TimeSpan.Zero, Hidden, cancel);
                if (batch.Count == 0)
                    continue;
                if (await emulator.Sqs.DeleteAsync(url, [.. batch.Select(m => m.Receipt)], cancel) is [var failed, ..])
                    throw new BenchException($"the emulator deleted no message: {failed.Reason}");
                Interlocked.Add(ref left, -batch.Count);
            }
        }
    }
}
