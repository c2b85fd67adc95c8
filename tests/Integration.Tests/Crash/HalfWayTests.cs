using System.Globalization;
using System.Security.Cryptography;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>A large file whose worker is killed in the middle is not begun anew.</summary>
public sealed class HalfWayTests
{
    private const int Length = 64 << 20;
    private const int Seed = 64;
    private const string Key = "large.jp2";

    [Fact]
    public async Task Copy_that_was_killed_half_way_fetches_at_most_a_little_more_than_the_other_half()
    {
        await using var reaper = await Reaper.StartAsync();
        await using var s3 = await FaultyS3.StartAsync();
        var read = SyntheticJp2.Reader(Length, Seed);
        s3.Put("crash", Key, new FaultyObject(Length, "\"0123456789abcdef0123456789abcdef-8\"", (offset, to) => read(offset, to)));
        await using var worker = new WorkerProcess("halfway", reaper.Make("worker"),
        [
            $"--Storage:Root={reaper.Folder}/store", "--Storage:MinFreeBytes=0", "--Sources:AllowedBuckets:0=crash",
            $"--Aws:ServiceUrl={s3.Address.ToString().TrimEnd('/')}", "--Aws:ForcePathStyle=true", "--Flow:MaxBytesPerSecond=24 MiB",
            // Of the first part the server sends what the sockets hold before it learns that nobody wants it: on loopback that can be megabytes.
            $"--Copying:PartSize={2 << 20}", "--Logging:Format=Text",
        ]);
        worker.Start();
        Assert.True(await worker.ReadyAsync(TimeSpan.FromSeconds(90)), worker.LogTail(20));
        var id = AssetId.Parse("1/1/large");
        await Eventually.TrueAsync(async () => await worker.AskAsync((_, api) => api.SendAsync([new AssetIngested { Id = id, Source = $"s3://crash/{Key}" }])) is not null, "accepted");

        await Eventually.TrueAsync(async () => await DoneAsync(worker) >= Length / 2, "half-way");
        await worker.KillAsync();
        var before = s3.Traffic.BytesSent(Key);
        worker.Start();

        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await worker.AskAsync(async (_, api) => await api.FindAsync(id) ?? throw new HttpRequestException("404"))) is { State: AssetState.Present }, "present");
        var again = s3.Traffic.BytesSent(Key) - before;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before >> 20} MiB before the kill, {again >> 20} MiB after it"));
        Assert.InRange(again, 1, Length * 0.6);
        await using var copy = File.OpenRead(Path.Combine(reaper.Folder, "store", view!.Copy!.Path));
        Assert.Equal(SHA256.HashData(SyntheticJp2.Bytes(Length, Seed)), await SHA256.HashDataAsync(copy));
    }

    private static async Task<long> DoneAsync(WorkerProcess worker) =>
        await worker.AskAsync((_, api) => api.WorkersAsync()) is { } workers ? workers.SelectMany(w => w.Running).Sum(r => r.DoneBytes) : 0;
}
