using Microsoft.Extensions.DependencyInjection;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Schedules;
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

        var (live, notes) = (new List<long>(), 0);
        // Each look is a collection of the whole heap.
        var run = new NotedRun { Due = DateTimeOffset.UnixEpoch, OnNote = () => { if (notes++ % 12 == 0) live.Add(GC.GetTotalMemory(forceFullCollection: true)); } };
        Assert.IsType<JobOutcome.Done>(await world.Worker.Services.GetServices<IJob>().OfType<ReconcileJob>().Single().RunAsync(run, CancellationToken.None));

        Assert.InRange(live.Count, 10, 100);
        var (few, many) = (live.Take(live.Count / 10).Max(), live.Max());
        output.WriteLine($"live heap: {few:N0} bytes at most in the first tenth, {many:N0} in all; looked {live.Count} times");
        // 20,000 ids and paths alone would be 4 MB.
        Assert.InRange(many, 0, few + Little);
    }
}
