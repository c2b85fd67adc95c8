using Understudy.Warming.Planning;
using static Understudy.Worker.Tests.Warming.Planning.Infos;

namespace Understudy.Worker.Tests.Warming.Planning;

public sealed class RequestBudgetTests
{
    // 1, 1, 1, 4, 12 and 48 requests; each of the first three covers 12 million pixels.
    private static readonly ImageRequest[] Plan = [.. TilePlan.Of(Tiled(2, 4000, 3000, 512, 6), ViewerProfile.B)];

    [Fact]
    public void Without_limits_everything_is_taken() => Assert.Equal(Plan, new RequestBudget().Take(Plan));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(67)]
    [InlineData(68)]
    public void No_more_requests_are_taken(int most) => Assert.Equal(Plan.Take(most), new RequestBudget(MaxRequests: most).Take(Plan));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 7)]
    [InlineData(6, 67)]
    public void No_more_levels_are_taken(int most, int requests) => Assert.Equal(Plan.Take(requests), new RequestBudget(MaxLevels: most).Take(Plan));

    [Theory]
    [InlineData(11_999_999, 0)]
    [InlineData(12_000_000, 1)]
    [InlineData(36_000_000, 3)]
    [InlineData(48_000_000, 7)]
    public void No_more_pixels_are_taken(long most, int requests) => Assert.Equal(Plan.Take(requests), new RequestBudget(MaxPixels: most).Take(Plan));

    [Fact]
    public void Plan_is_read_no_further_than_needed()
    {
        var read = 0;
        var taken = new RequestBudget(MaxRequests: 3).Take(Plan.Select(r => { read++; return r; })).Count();

        Assert.Equal((3, 3), (taken, read));
    }

    [Theory]
    [InlineData("125,", 125, 94, false, 125 * 94)]      // 32 times smaller: five halvings
    [InlineData("126,", 126, 95, false, 250 * 188)]     // less than 32 times
    [InlineData("4000,", 4000, 3000, false, 12_000_000)]
    [InlineData("30,", 30, 23, false, 125 * 94)]        // no more halvings than the file has
    [InlineData(",94", 125, 94, false, 250 * 188)]      // 3000 is less than 32 times 94
    [InlineData("125,94", 125, 94, false, 12_000_000)]  // OpenJPEG and Grok decode it all
    [InlineData("125,94", 125, 94, true, 250 * 188)]    // Kakadu goes by the larger of the scales
    [InlineData("max", 4000, 3000, true, 12_000_000)]
    public void Request_costs_what_has_to_be_decoded(string size, int width, int height, bool reducesExactSizes, long pixels) =>
        Assert.Equal(pixels, new Decoding(reducesExactSizes).Pixels(new("full", size, "jpg", 0, new(4000, 3000), new(width, height))));
}
