using Understudy.Overview;

namespace Understudy.Worker.Tests.Overview;

public class ForecastTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    [Theory]
    [InlineData(24, 100, 200, 500, 72), InlineData(168, 0, 700, 800, 24), InlineData(24, 100, 600, 500, 0)]
    [InlineData(24, 200, 200, 500, null), InlineData(24, 200, 100, 500, null), InlineData(5, 100, 200, 500, null), InlineData(24, 0, 1, 1_000_000, null)]
    public void Store_is_full_when_its_growth_of_late_has_brought_it_there(double hours, long then, long now, long limit, int? hoursLeft) =>
        Assert.Equal(hoursLeft is { } left ? Now.AddHours(left) : null, Forecast.FullAt((Now.AddHours(-hours), then), (Now, now), limit));
}
