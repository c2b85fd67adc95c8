using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>A worker dies after it has published a copy, and before it could say so.</summary>
public sealed class UnrecordedCopyTests(PostgresServer postgres) : IAsyncLifetime
{
    private const int Length = 30_000;

    private static readonly AssetId Id = AssetId.Parse("1/1/a");
    private static readonly byte[] First = SyntheticJp2.Bytes(Length, seed: 1);
    private static readonly byte[] Second = SyntheticJp2.Bytes(Length, seed: 2);

    private FaultyS3 _s3 = null!;
    private Attempts _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _s3 = await FaultyS3.StartAsync();
        _worker = await Attempts.StartAsync(await postgres.NewCatalogueAsync(), _s3.Address.ToString().TrimEnd('/'), "crash");
        await ChangeAsync(First);
        await _worker.RunAndSettleAsync();
        Assert.Equal(First, await _worker.ReadAsync(Id));
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _s3.DisposeAsync();
    }

    [Fact]
    public async Task Source_that_went_back_to_the_recorded_version_is_copied_again()
    {
        await ChangeAsync(Second);
        Assert.IsType<Outcome.Copied>((await _worker.RunAsync()).Outcome);
        await _worker.DieAsync();
        Assert.Equal(Second, await _worker.ReadAsync(Id));

        // The same ETag, and the same length, as the copy that the catalogue knows.
        await ChangeAsync(First);
        await _worker.RunAndSettleAsync();

        Assert.Equal(AssetState.Present, (await _worker.ViewAsync(Id)).State);
        Assert.Equal(First, await _worker.ReadAsync(Id));
    }

    [Fact]
    public async Task Source_that_did_not_change_is_not_fetched_again_by_the_attempt_after_a_dead_one()
    {
        await ChangeAsync(First);
        Assert.IsType<Outcome.AlreadyThere>((await _worker.RunAsync()).Outcome);
        await _worker.DieAsync();

        Assert.IsType<Outcome.AlreadyThere>((await _worker.RunAsync()).Outcome);
    }

    private Task ChangeAsync(byte[] bytes)
    {
        // In parts: no MD5 that would prove what the file is.
        _s3.Put("crash", "a.jp2", FaultyObject.OfParts(bytes, 8 << 20));
        return _worker.TellAsync(new SourceUpdated { Id = Id, Source = "s3://crash/a.jp2" });
    }
}
