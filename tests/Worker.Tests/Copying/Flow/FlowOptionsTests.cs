using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class FlowOptionsTests
{
    [Fact]
    public void Options_are_valid_as_they_come() => Assert.Empty(new FlowOptions().Check());

    [Fact]
    public void Options_report_every_rule_between_them_that_is_broken() =>
        Assert.Equal(
            [nameof(FlowOptions.StartConnections), nameof(FlowOptions.MinConnections)],
            new FlowOptions { MinConnections = 100, StartConnections = 70, MaxConnections = 64 }.Check().Select(b => b.Key));
}
