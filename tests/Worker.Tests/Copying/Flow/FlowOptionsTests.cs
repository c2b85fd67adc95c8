using Understudy.Copying.Flow;

namespace Understudy.Worker.Tests.Copying.Flow;

public sealed class FlowOptionsTests
{
    private readonly FlowOptionsValidator _validator = new();

    [Fact]
    public void Options_are_valid_as_they_come() => Assert.True(_validator.Validate(null, new FlowOptions()).Succeeded);

    [Fact]
    public void Options_report_every_wrong_value_at_once()
    {
        var result = _validator.Validate(null, new FlowOptions { MinConnections = 0, StartConnections = 100, WaitingReserve = -1, MaxBytesPerSecond = 5 });
        Assert.Equal(
            ["Copying:Flow:MinConnections is 0; allowed is 1 to 1024", "Copying:Flow:StartConnections is 100; allowed is 0 to 64",
                "Copying:Flow:WaitingReserve is -1; allowed is 0 to 1024", "Copying:Flow:MaxBytesPerSecond is 5; allowed is 65536 to 1125899906842624"],
            result.Failures);
    }
}
