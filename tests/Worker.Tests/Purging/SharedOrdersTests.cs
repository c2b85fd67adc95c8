using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Plans;
using Understudy.Purging;
using Understudy.Purging.Targets;

namespace Understudy.Worker.Tests.Purging;

public sealed class SharedOrdersTests : IAsyncDisposable
{
    private static readonly PurgeSubject Subject = new(AssetId.Parse("2/5/foo"), "2/5/foo.jp2", [], null, false, null, "1");

    private readonly FakeTimeProvider _time = new();
    private readonly RightOfWay _way;
    private readonly SharedOrders _shared;
    private readonly Target _target = new();

    public SharedOrdersTests()
    {
        _way = new RightOfWay(_time);
        _shared = new SharedOrders(_way, _time);
    }

    [Fact]
    public async Task While_something_goes_first_a_target_is_neither_told_nor_looked_at_for_bulk_purges()
    {
        var first = _way.Take();
        var told = _shared.TellAsync(_target, Subject, CancellationToken.None);
        var looked = _shared.LookAsync(_target, Subject, Scrutiny.Sample, Lane.Bulk, CancellationToken.None);
        await _shared.LookAsync(_target, Subject, Scrutiny.Thorough, Lane.Ingest, CancellationToken.None);
        Assert.Equal(["look Thorough"], _target.Asked);

        first.Dispose();
        _time.Advance(RightOfWay.Moment);

        await Task.WhenAll(told, looked);
        Assert.Equal(["look Sample", "look Thorough", "purge 1"], _target.Asked.Order());
    }

    [Fact]
    public async Task Bulk_looks_that_stood_in_line_when_it_came_wait_as_well()
    {
        _target.Answers = new SemaphoreSlim(0);
        Task<Verdict>[] looks = [.. Enumerable.Range(0, 10).Select(_ => _shared.LookAsync(_target, Subject, Scrutiny.Sample, Lane.Bulk, CancellationToken.None))];
        var begun = _target.Asked.Count;
        using var first = _way.Take();

        _target.Answers.Release(begun);
        await Task.WhenAll(looks.Take(begun));

        Assert.InRange(begun, 1, 9);
        Assert.Equal(begun, _target.Asked.Count);
        first.Dispose();
        _target.Answers.Release(10);
        _time.Advance(RightOfWay.Moment);
        await Task.WhenAll(looks);
    }

    [Fact]
    public async Task What_gathers_meanwhile_is_one_order()
    {
        var first = _way.Take();
        Task<PurgeReply>[] told = [.. Enumerable.Range(0, 30).Select(_ => _shared.TellAsync(_target, Subject, CancellationToken.None))];

        first.Dispose();
        _time.Advance(RightOfWay.Moment);
        await Task.WhenAll(told);

        Assert.InRange(_target.Asked.Count, 1, 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        _way.Dispose();
    }

    private sealed class Target : IVerifiableTarget
    {
        private readonly Lock _lock = new();
        private readonly List<string> _asked = [];

        public SemaphoreSlim? Answers { get; set; }

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_lock)
                    return [.. _asked];
            }
        }

        public string Name => "target";

        public TargetKind Kind => TargetKind.TileNode;

        public int MostAtOnce => 100;

        public Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
        {
            Note($"purge {subjects.Count}");
            return Task.FromResult<IReadOnlyList<PurgeReply>>([.. subjects.Select(_ => PurgeReply.Done)]);
        }

        public async Task<Verdict> VerifyAsync(PurgeSubject subject, Scrutiny scrutiny, CancellationToken cancel)
        {
            Note($"look {scrutiny}");
            if (Answers is not null)
                await Answers.WaitAsync(cancel);
            return new Verdict.Clean();
        }

        private void Note(string what)
        {
            lock (_lock)
                _asked.Add(what);
        }
    }
}
