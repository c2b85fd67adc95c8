using Understudy.Copying.Store;
using Understudy.Scavenging;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class SilentUseTests
{
    private const long Bytes = 60_000_000;
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // Minutes: last read, last written, scrubbed until, and what is a use.
    [InlineData(-10, -90, null, -10)]
    [InlineData(-90, -10, null, -10)]
    [InlineData(-70, -90, null, null)]
    [InlineData(2000, -90, null, null)]
    // Of 60 MB, reading may have taken two minutes.
    [InlineData(-10, -90, -10, null)]
    [InlineData(-12, -90, -10, null)]
    [InlineData(-13, -90, -10, -13)]
    [InlineData(-9, -90, -10, -9)]
    [InlineData(-11, -30, -10, -30)]
    public void File_was_used_when_its_times_say_so_and_they_are_not_scrubs(int read, int written, int? checkedAt, int? used)
    {
        var file = new FileTimes(Noon.AddMinutes(read), Noon.AddMinutes(written));

        Assert.Equal(At(used), SilentUse.Find(file, Bytes, known: Noon.AddMinutes(-60), At(checkedAt), Noon));
    }

    private static DateTimeOffset? At(int? minutes) => minutes is { } m ? Noon.AddMinutes(m) : null;
}
