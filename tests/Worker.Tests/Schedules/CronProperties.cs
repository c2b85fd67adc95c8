using Understudy.Schedules;

namespace Understudy.Worker.Tests.Schedules;

/// <summary>Cron against a look at every minute, days long, mostly where clocks change. <c>CRON_SEED</c> replays, <c>CRON_ROUNDS</c> goes on longer.</summary>
public sealed class CronProperties(ITestOutputHelper output)
{
    private static readonly (string Zone, string At)[] Changes =
    [
        ("Europe/Berlin", "2027-03-28"), ("Europe/Berlin", "2027-10-31"), ("America/New_York", "2027-03-14"), ("America/New_York", "2027-11-07"),
        ("Australia/Lord_Howe", "2027-04-04"), ("Australia/Lord_Howe", "2027-10-03"), ("America/Havana", "2027-03-14"), ("Asia/Kathmandu", "2027-06-01"), ("UTC", "2028-02-28"),
    ];

    [Fact]
    public void Every_time_is_found_once_and_nothing_else()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("CRON_ROUNDS"), out var wanted) ? wanted : 150;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CRON_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"CRON_SEED={seed}");
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var model = RandomCron.Create(random);
            var (name, day) = Changes[random.Next(Changes.Length)];
            var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
            if (Cron.Parse(model.Text, zone, out var rule) is not { } cron)
            {
                Assert.True(rule == "must be due some day; this one never is", $"{model.Text}: {rule}");
                continue;
            }

            var from = new DateTimeOffset(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero).AddMinutes(-random.Next(2880));
            var until = from.AddDays(4);
            var expected = model.Times(from, until, zone).ToList();
            var found = Found(cron, from, until).ToList();
            Assert.True(expected.SequenceEqual(found), $"{model.Text} {name} after {from:u}: {Difference(expected, found)}");
            // From any second in between, too.
            var between = from.AddSeconds(random.Next(4 * 86_400));
            var first = expected.Cast<DateTimeOffset?>().FirstOrDefault(t => t > between);
            Assert.True(first is null || cron.Next(between) == first, $"{model.Text} {name} after {between:u}: {cron.Next(between):u}, not {first:u}");
        }
    }

    private static IEnumerable<DateTimeOffset> Found(Cron cron, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = cron.Next(from); at <= until; at = cron.Next(at.Value))
            yield return at.Value;
    }

    private static string Difference(List<DateTimeOffset> expected, List<DateTimeOffset> found) =>
        $"missing {string.Join(", ", expected.Except(found).Take(3).Select(t => $"{t:u}"))}; too many {string.Join(", ", found.Except(expected).Take(3).Select(t => $"{t:u}"))}; {expected.Count} and {found.Count}";
}
