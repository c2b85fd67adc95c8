using Understudy.Scavenging.Worth;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class LeadTests
{
    [Fact]
    public void Nothing_counted_is_no_lead() => Assert.Null(Lead.Of([]));

    [Theory, InlineData(0.2, -1), InlineData(1, 0), InlineData(1.5, 1), InlineData(2, 2), InlineData(3600, 23), InlineData(86_400, 32)]
    public void Middle_of_a_step_is_near_all_that_is_counted_there(double seconds, int step)
    {
        if (step >= 0)
            Assert.Equal(step, (int)Math.Floor(2 * Math.Log2(seconds)));
        Assert.True(step < 0 ? Lead.Seconds(step) < 1 : Lead.Seconds(step) / seconds is > 0.84 and < 1.19);
    }

    [Fact]
    public void Quantiles_are_the_steps_up_to_which_so_many_lie()
    {
        var lead = Lead.Of([(20, 1), (4, 50), (10, 40), (12, 9)])!;
        Assert.Equal((Lead.Seconds(4), Lead.Seconds(10), Lead.Seconds(12)), (lead.P50Seconds, lead.P90Seconds, lead.P99Seconds));
    }
}
