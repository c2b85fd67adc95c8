namespace Understudy.Worker.Tests.Schedules;

/// <summary>A cron expression as text, and what it means: found by writing it, not by reading it.</summary>
internal sealed record RandomCron(string Text, IReadOnlySet<int> Minutes, IReadOnlySet<int> Hours, IReadOnlySet<int> Days, IReadOnlySet<int> Months, IReadOnlySet<int> Weekdays, bool EitherDay)
{
    private static readonly string[] WeekdayNames = ["SUN", "mon", "Tue", "WED", "THU", "FRI", "SAT"];
    private static readonly string[] MonthNames = ["", "JAN", "feb", "Mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    public bool IsEveryHour => Hours.Count == 24;

    public static RandomCron Create(Random random)
    {
        var (minutes, hours, days, months, weekdays) = (
            Field(random, 0, 59, 0.3), Field(random, 0, 23, 0.4), Field(random, 1, 31, 0.6), Field(random, 1, 12, 0.8, n => MonthNames[n]), Weekday(random));
        return new RandomCron(
            $"{minutes.Text} {hours.Text} {days.Text} {months.Text} {weekdays.Text}",
            minutes.Values, hours.Values, days.Values, months.Values, weekdays.Values, days.Text != "*" && weekdays.Text != "*");
    }

    public bool Matches(DateTime reading)
    {
        var (day, weekday) = (Days.Contains(reading.Day), Weekdays.Contains((int)reading.DayOfWeek));
        return Minutes.Contains(reading.Minute) && Hours.Contains(reading.Hour) && Months.Contains(reading.Month) && (EitherDay ? day || weekday : day && weekday);
    }

    /// <summary>All times after one and up to another, by looking at each minute.</summary>
    public IEnumerable<DateTimeOffset> Times(DateTimeOffset after, DateTimeOffset last, TimeZoneInfo zone)
    {
        var before = TimeZoneInfo.ConvertTime(after, zone);
        for (var at = after.AddMinutes(1); at <= last; at = at.AddMinutes(1))
        {
            var here = TimeZoneInfo.ConvertTime(at, zone);
            var isRepeated = zone.IsAmbiguousTime(here.DateTime) && here.Offset == zone.GetAmbiguousTimeOffsets(here.DateTime).Min();
            var isDue = Matches(here.DateTime) && (IsEveryHour || !isRepeated);
            for (var jumped = before.DateTime.AddMinutes(1); !IsEveryHour && jumped < here.DateTime; jumped = jumped.AddMinutes(1))
                isDue |= Matches(jumped);
            if (isDue)
                yield return at;
            before = here;
        }
    }

    private static (string Text, HashSet<int> Values) Field(Random random, int least, int most, double any, Func<int, string>? name = null)
    {
        if (random.NextDouble() < any)
            return ("*", [.. Enumerable.Range(least, most - least + 1)]);
        var (texts, values) = (new List<string>(), new HashSet<int>());
        for (var terms = random.Next(1, 4); terms > 0; terms--)
        {
            var (from, to) = (random.Next(least, most + 1), random.Next(least, most + 1));
            (from, to) = (Math.Min(from, to), Math.Max(from, to));
            var step = random.Next(1, Math.Min(20, most));
            var isNamed = name is not null && random.Next(2) == 0;
            var (text, range) = random.Next(4) switch
            {
                0 => ($"*/{step}", Steps(least, most, step)),
                1 => ($"{Named(from, isNamed)}-{Named(to, isNamed)}/{step}", Steps(from, to, step)),
                2 => ($"{Named(from, isNamed)}-{Named(to, isNamed)}", Steps(from, to, 1)),
                _ => (Named(from, isNamed), Steps(from, from, 1)),
            };
            texts.Add(text);
            values.UnionWith(range);
        }

        return (string.Join(',', texts), values);

        string Named(int number, bool isNamed) => isNamed ? name!(number) : $"{number}";
    }

    private static (string Text, HashSet<int> Values) Weekday(Random random)
    {
        if (random.NextDouble() < 0.6)
            return ("*", [.. Enumerable.Range(0, 7)]);
        var (text, values) = random.Next(3) switch
        {
            0 => Field(random, 0, 6, 0, n => WeekdayNames[n]),
            1 => Field(random, 1, 7, 0, n => WeekdayNames[n % 7]),
            _ => ("7", [7]),
        };
        // A step from * counts from Sunday, whichever number that has.
        return text.Contains('*', StringComparison.Ordinal) ? ("1-5", [1, 2, 3, 4, 5]) : (text, [.. values.Select(v => v % 7)]);
    }

    private static IEnumerable<int> Steps(int from, int to, int step)
    {
        for (var n = from; n <= to; n += step)
            yield return n;
    }
}
