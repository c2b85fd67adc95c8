using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Understudy.Catalogue;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class GroupCommitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<int[]> _commits = [];
    private readonly SemaphoreSlim _gate = new(0);

    [Fact]
    public async Task Items_that_arrive_during_a_commit_go_together_into_the_next_one_in_their_order()
    {
        await using var group = Group(Echo);
        var first = group.AddAsync(0);
        await StartedAsync(1);
        var others = Enumerable.Range(1, 5).Select(i => group.AddAsync(i)).ToList();

        _gate.Release(2);

        Assert.Equal(0, await first);
        Assert.Equal(new[] { 10, 20, 30, 40, 50 }, await Task.WhenAll(others));
        Assert.Equal([[0], [1, 2, 3, 4, 5]], _commits);
    }

    [Fact]
    public async Task Commit_holds_no_more_items_than_allowed()
    {
        await using var group = Group(Echo, most: 2);
        _gate.Release(100);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => group.AddAsync(i)));

        Assert.All(_commits, c => Assert.InRange(c.Length, 1, 2));
    }

    [Fact]
    public async Task Bad_item_fails_alone()
    {
        await using var group = Group(items => items.Contains(3) ? throw new InvalidOperationException("three") : Echo(items));
        var first = group.AddAsync(0);
        await StartedAsync(1);
        var others = Enumerable.Range(1, 5).Select(i => group.AddAsync(i)).ToList();

        _gate.Release(100);

        await Task.WhenAll(others).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(0, await first);
        Assert.Equal([false, false, true, false, false], others.Select(o => o.IsFaulted));
    }

    [Theory]
    [InlineData("40P01")] // deadlock_detected
    [InlineData("40001")] // serialization_failure
    [InlineData("57P01")] // admin_shutdown
    [InlineData("57P02")] // crash_shutdown
    [InlineData("57P03")] // cannot_connect_now
    [InlineData("53300")] // too_many_connections
    [InlineData("")]
    public async Task Failure_that_may_pass_is_tried_again_with_all_items(string state)
    {
        var failures = 3;
        await using var group = Group(items => failures-- > 0 ? throw Failure(state) : Echo(items), retryFor: TimeSpan.FromDays(40));
        _gate.Release(100);

        Assert.Equal(70, await WithTimePassing(group.AddAsync(7)));

        Assert.Equal([[7], [7], [7], [7]], _commits);
    }

    [Fact]
    public async Task Failure_that_does_not_pass_is_told_to_everybody_when_the_time_is_over()
    {
        await using var group = Group(_ => throw Failure("57P03"));
        _gate.Release(1000);

        await Assert.ThrowsAsync<PostgresException>(() => WithTimePassing(group.AddAsync(7)));
    }

    [Fact]
    public async Task Caller_that_gives_up_cancels_only_its_own_wait()
    {
        await using var group = Group(Echo);
        using var patience = new CancellationTokenSource();
        var impatient = group.AddAsync(1, patience.Token);
        await StartedAsync(1);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _gate.Release(2);
        Assert.Equal(20, await group.AddAsync(2));
        Assert.Equal([[1], [2]], _commits);
    }

    [Fact]
    public async Task Disposing_commits_what_is_there_first()
    {
        var group = Group(Echo);
        var items = Enumerable.Range(0, 20).Select(i => group.AddAsync(i)).ToList();
        _gate.Release(100);

        await group.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 10), await Task.WhenAll(items));
    }

    [Fact]
    public async Task Item_that_nobody_waits_for_is_committed_and_may_fail_unseen()
    {
        var group = Group(items => items.Contains(1) ? throw new InvalidOperationException("one") : Echo(items));
        _gate.Release(100);

        Assert.True(group.TryAdd(1));
        Assert.True(group.TryAdd(2));
        await group.DisposeAsync();

        Assert.Contains(_commits, c => c.Contains(2));
    }

    public void Dispose() => _gate.Dispose();

    private static NpgsqlException Failure(string state) =>
        state.Length > 0 ? new PostgresException("scripted", "ERROR", "ERROR", state) : new NpgsqlException("scripted", new IOException("connection reset"));

    private static IReadOnlyList<int> Echo(IReadOnlyList<int> items) => [.. items.Select(i => i * 10)];

    private GroupCommit<int, int> Group(Func<IReadOnlyList<int>, IReadOnlyList<int>> commit, int most = 100, TimeSpan? retryFor = null) =>
        new(most, retryFor ?? TimeSpan.FromSeconds(10), _time, async (items, cancel) =>
        {
            lock (_commits)
                _commits.Add([.. items]);
            await _gate.WaitAsync(cancel);
            return commit(items);
        });

    private async Task StartedAsync(int commits)
    {
        while (Count() < commits)
            await Task.Yield();

        int Count()
        {
            lock (_commits)
                return _commits.Count;
        }
    }

    private async Task<int> WithTimePassing(Task<int> work)
    {
        while (!work.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await work;
    }
}
