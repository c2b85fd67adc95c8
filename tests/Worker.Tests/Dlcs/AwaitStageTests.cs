using FsCheck;
using FsCheck.Fluent;
using Understudy.Dlcs;

namespace Understudy.Worker.Tests.Dlcs;

public sealed class AwaitStageTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(2);

    [Fact]
    public void Pause_grows_with_the_wait_from_about_a_second_to_about_a_minute()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), AwaitStage.PauseAfter(TimeSpan.Zero, Deadline, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(6), AwaitStage.PauseAfter(TimeSpan.FromMinutes(1), Deadline, 0.5));
        Assert.Equal(TimeSpan.FromMinutes(1), AwaitStage.PauseAfter(TimeSpan.FromHours(1), Deadline, 0.5));
    }

    [Fact]
    public void Pause_is_never_nothing_nor_beyond_the_deadline() =>
        Prop.ForAll(Gen.Choose(-60, 7199).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (seconds, percent) =>
        {
            var waited = TimeSpan.FromSeconds(seconds);
            var pause = AwaitStage.PauseAfter(waited, Deadline, percent / 100.0);
            Assert.InRange(pause, TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(75));
            Assert.True(waited + pause <= Deadline);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Last_look_is_at_the_deadline() =>
        Assert.Equal(TimeSpan.FromSeconds(5), AwaitStage.PauseAfter(Deadline - TimeSpan.FromSeconds(5), Deadline, 0.5));
}
