using Microsoft.Extensions.Time.Testing;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class PaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(25, 40, 120)]
    [InlineData(50, 40, 40)]
    [InlineData(1, 60_000, 5_000)] // a server that hung is not made to wait for it
    public async Task After_work_comes_the_rest_that_makes_it_its_share_of_the_time(int percent, int worked, int rest)
    {
        var pace = new Pace(percent, _time);
        Advance(worked);
        var resting = pace.RestAsync(CancellationToken.None).AsTask();
        Advance(rest - 1);
        Assert.False(resting.IsCompleted);
        Advance(1);
        await resting;
        Assert.True(pace.RestAsync(CancellationToken.None).AsTask().IsCompleted);
    }

    [Theory]
    [InlineData(25, 19)]
    [InlineData(100, 60_000)]
    public void A_short_stint_and_a_whole_share_need_no_rest(int percent, int worked)
    {
        var pace = new Pace(percent, _time);
        Advance(worked);
        Assert.True(pace.RestAsync(CancellationToken.None).AsTask().IsCompleted);
    }

    private void Advance(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
