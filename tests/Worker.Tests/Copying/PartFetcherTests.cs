using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Plans;
using Understudy.Worker.Tests.Copying.Store;

namespace Understudy.Worker.Tests.Copying;

public sealed class PartFetcherTests : IDisposable
{
    private const int Size = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private readonly TempStore _store = new();
    private readonly PlainSource _source = new();

    [Fact]
    public async Task Own_limit_of_bandwidth_is_not_taken_for_a_source_that_stalls()
    {
        // A read of 256 KiB has to wait four seconds for its turn; the source may be silent for one.
        var fetch = FetchAsync(new FlowOptions { MaxBytesPerSecond = new ByteSize(64 << 10) });
        var started = _time.GetUtcNow();
        while (!fetch.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await _source.LetReadAsync();
        }

        Assert.Null(await fetch);
        Assert.Equal(1, _source.Asked);
        Assert.InRange((_time.GetUtcNow() - started).TotalSeconds, 12, 1000); // The last read's bytes need not be waited off.
    }

    [Fact]
    public async Task Store_that_fails_is_not_blamed_on_the_source()
    {
        var part = Assert.IsType<BeginResult.Begun>(_store.Folder.Begin(Guid.NewGuid(), "v1")).Part;
        part.Dispose();
        var fetch = Fetcher(new FlowOptions()).FetchAsync(
            new Fetch(Attempt(), _source, PlainSource.Version, part, null, null), new Parts(Size, Size)[0], null, CancellationToken.None);
        await _source.LetReadAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => fetch);
        Assert.Equal(1, _source.Asked);
    }

    public void Dispose() => _store.Dispose();

    private async Task<Outcome?> FetchAsync(FlowOptions flow)
    {
        using var part = Assert.IsType<BeginResult.Begun>(_store.Folder.Begin(Guid.NewGuid(), "v1")).Part;
        return await Fetcher(flow).FetchAsync(
            new Fetch(Attempt(), _source, PlainSource.Version, part, null, null), new Parts(Size, Size)[0], null, CancellationToken.None);
    }

    private PartFetcher Fetcher(FlowOptions flow)
    {
        var options = new CopyOptions { StallTimeout = TimeSpan.FromSeconds(1) };
        return new PartFetcher(new SourceReader(new FetchGate(flow, _time), options, _time), new Bandwidth(flow, _time), options, _time);
    }

    private static Attempt Attempt() =>
        new(AssetId.Parse("2/5/foo"), Guid.NewGuid(), [], Stages.Copy, 1, 0, null, null, new FlowTicket(2, Lane.Ingest));

    /// <summary>Zeros, a read at a time, each when the test lets it.</summary>
    private sealed class PlainSource : SourceObject
    {
        public static readonly SourceVersion Version = new("\"v1\"", null, null, Size);

        private readonly Channel<bool> _reads = Channel.CreateBounded<bool>(1);

        public int Asked { get; private set; }

        public override SourceUri Uri { get; } = new SourceUri.File("/foo");

        public override Task<Reading> ReadAsync(long offset, long length, Condition condition, CancellationToken cancel)
        {
            Asked++;
            return Task.FromResult<Reading>(new Reading.Body(Version, length, new Zeros(_reads.Reader), null, false, new MemoryStream()));
        }

        public async Task LetReadAsync()
        {
            _reads.Writer.TryWrite(true);
            await Task.Delay(1);
        }

        private sealed class Zeros(ChannelReader<bool> reads) : MemoryStream
        {
            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                await reads.ReadAsync(cancellationToken);
                return buffer.Length;
            }
        }
    }
}
