using Microsoft.Extensions.Time.Testing;
using Understudy.Intake.Queues;

namespace Understudy.Worker.Tests.Intake;

public sealed class QueuePrioritiesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Queue_waits_for_nobody_while_no_more_urgent_one_has_a_backlog()
    {
        var priorities = new QueuePriorities(_time);
        priorities.Report(5, hasBacklog: true);
        priorities.Report(9, hasBacklog: true);

        await priorities.WaitForTurnAsync(5, CancellationToken.None);
        await priorities.WaitForTurnAsync(0, CancellationToken.None);
    }

    [Fact]
    public async Task Queue_waits_until_the_more_urgent_backlog_is_gone()
    {
        var priorities = new QueuePriorities(_time);
        priorities.Report(1, hasBacklog: true);
        priorities.Report(1, hasBacklog: true);
        var turn = priorities.WaitForTurnAsync(5, CancellationToken.None);

        priorities.Report(1, hasBacklog: false);
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.False(turn.IsCompleted);
        priorities.Report(1, hasBacklog: false);
        _time.Advance(TimeSpan.FromMilliseconds(60));

        await turn;
    }

    [Fact]
    public async Task Queue_gets_its_turn_after_a_second_whatever_the_others_have()
    {
        var priorities = new QueuePriorities(_time);
        priorities.Report(0, hasBacklog: true);
        var turn = priorities.WaitForTurnAsync(9, CancellationToken.None);

        for (var i = 0; i < 19; i++)
            _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(turn.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(50));

        await turn;
    }
}
