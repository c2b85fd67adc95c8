using Microsoft.Extensions.DependencyInjection;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging.Reconciling;
using Understudy.Schedules;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>By itself, for it looks at the whole process's heap.</summary>
[Collection(nameof(LoadTests))]
public sealed class ReconcileMemoryTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const long Little = 2 << 20;

    [Fact]
    public async Task Ten_times_the_files_take_no_more_memory()
    {
        const int files = 20_000;
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(400, 1);
        for (var n = 0; n < files; n++)
        {
            var file = Path.Combine(world.Store, $"{n % 7}/{n % 50}/x{n}.jp2");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, jp2);
        }

        var run = new WatchedRun { Due = DateTimeOffset.UnixEpoch };
        Assert.IsType<JobOutcome.Done>(await world.Worker.Services.GetServices<IJob>().OfType<ReconcileJob>().Single().RunAsync(run, CancellationToken.None));

        var (few, many) = (run.Live.Where(l => l.Files <= files / 10).Max(l => l.Bytes), run.Live.Max(l => l.Bytes));
        output.WriteLine($"live heap: {few:N0} bytes at most until {files / 10} files, {many:N0} until {files}; looked {run.Live.Count} times");
        Assert.InRange(run.Live.Count, 10, 30);
        // 20,000 ids and paths alone would be 4 MB.
        Assert.InRange(many, 0, few + Little);
    }

    private sealed class WatchedRun : JobRun
    {
        public List<(long Files, long Bytes)> Live { get; } = [];

        public override Task NoteAsync(string? checkpoint, string progress, double? fraction)
        {
            var files = long.Parse(progress.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            if (Live.Count == 0 || files >= Live[^1].Files + 1000)
                Live.Add((files, GC.GetTotalMemory(forceFullCollection: true)));
            return Task.CompletedTask;
        }
    }
}
