using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace Understudy.Schedules;

/// <summary>
/// When a job is due: minute, hour, day, month, weekday, as crontab(5) has them, by the clocks of a time zone. Quartz reads the
/// fields and finds matching readings of a clock; which instants those are when clocks change is decided here, for Quartz runs a
/// daily job twice if it is asked within the hour that comes twice.
/// </summary>
internal sealed partial class Cron
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private static readonly (string Name, int Least, int Most)[] Limits = [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];

    // No zone has ever put its clocks back by more.
    private static readonly TimeSpan MostPutBack = TimeSpan.FromHours(3);

    private readonly CronExpression[] _expressions;
    private readonly bool _everyHour;

    private Cron(string text, TimeZoneInfo zone, CronExpression[] expressions) =>
        (Text, Zone, _expressions, _everyHour) = (text, zone, expressions, IsEveryHour(text));

    public string Text { get; }

    public TimeZoneInfo Zone { get; }

    /// <param name="rule">What is wrong, going on after "it"; null where nothing is.</param>
    public static Cron? Parse(string text, TimeZoneInfo zone, out string? rule)
    {
        const string form = "must be a cron expression: minute, hour, day, month and weekday, such as '30 2 * * 1-5'";
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var plain = string.Join(' ', fields);
        if (fields.Length != 5)
        {
            rule = form;
            return null;
        }

        // Quartz passes over the step of a range of names: SEP-DEC/2 would be every month of it.
        (fields[3], fields[4]) = (Numbered(fields[3], Months, 1), Numbered(EndingSunday().Replace(fields[4], "-7"), Weekdays, 0));
        if (fields.Zip(Limits, Fault).FirstOrDefault(f => f is not null) is { } fault)
        {
            rule = $"{form} ({fault})";
            return null;
        }

        try
        {
            var cron = new Cron(plain, zone, Expressions(fields));
            rule = cron.Next(DateTimeOffset.UnixEpoch.AddYears(50)) is null ? "must be due some day; this one never is" : null;
            return rule is null ? cron : null;
        }
        catch (FormatException wrong)
        {
            rule = $"{form} ({wrong.Message})";
            return null;
        }
    }

    /// <summary>
    /// The first time after <paramref name="after"/>. A reading that the clocks jump over counts at the jump, one that comes twice
    /// counts the first time. But what is due every hour goes by the time that passes: in both hours, and there is nothing to make up for.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        DateTimeOffset? next = null;
        // Earlier readings come again where the clocks are about to be put back.
        var isPutBack = Zone.GetUtcOffset(after + MostPutBack) < Zone.GetUtcOffset(after);
        var reading = TimeZoneInfo.ConvertTime(after, Zone).DateTime - (_everyHour && isPutBack ? MostPutBack : TimeSpan.Zero);
        while (_expressions.Min(e => e.GetNextValidTimeAfter(new DateTimeOffset(reading, TimeSpan.Zero))) is { } found)
        {
            reading = found.DateTime;
            var (first, second) = Instants(reading);
            // Of later readings the first instants are later, too.
            if (next is not null && first >= next)
                break;
            foreach (var instant in (ReadOnlySpan<DateTimeOffset?>)[Zone.IsInvalidTime(reading) && _everyHour ? null : first, _everyHour ? second : null])
            {
                if (instant > after && (next is null || instant < next))
                    next = instant;
            }
        }

        return next?.ToUniversalTime();
    }

    public override string ToString() => $"{Text} {Zone.Id}";

    private (DateTimeOffset First, DateTimeOffset? Second) Instants(DateTime reading)
    {
        if (Zone.IsAmbiguousTime(reading))
        {
            var offsets = Zone.GetAmbiguousTimeOffsets(reading);
            return (new(reading, offsets.Max()), new(reading, offsets.Min()));
        }

        // Clocks jump to a whole minute.
        while (Zone.IsInvalidTime(reading))
            reading = reading.AddMinutes(1);
        return (new(reading, Zone.GetUtcOffset(reading)), null);
    }

    /// <summary>Looked for here, for Quartz takes more than crontab has: L, W, #, nothing between commas, ranges over the end, and 99 for *.</summary>
    private static string? Fault(string field, (string Name, int Least, int Most) limits)
    {
        foreach (var term in field.Split(',').Select(t => Term().Match(t)))
        {
            if (!term.Success)
                return $"'{field}' is no {limits.Name}";
            var numbers = new[] { term.Groups["from"], term.Groups["to"] }.Where(g => g.Success).Select(g => int.Parse(g.ValueSpan, CultureInfo.InvariantCulture)).ToArray();
            if (numbers.Any(n => n < limits.Least || n > limits.Most))
                return $"'{field}' is no {limits.Name}: that is from {limits.Least} to {limits.Most}";
            if (numbers is [var from, var to] && to < from)
                return $"'{term.Value}' goes backwards";
        }

        return null;
    }

    private static bool IsEveryHour(string text)
    {
        var hours = InUtc($"0 {text.Split(' ')[1]} * * *");
        var hour = DateTimeOffset.UnixEpoch.AddYears(50);
        return Enumerable.Range(1, 24).All(h => hours.GetNextValidTimeAfter(hour.AddHours(h - 1)) == hour.AddHours(h));
    }

    /// <summary>Of a day and a weekday either counts. Not left to Quartz, for which all seven weekdays are none.</summary>
    private static CronExpression[] Expressions(string[] fields) => fields is [var minute, var hour, not "*" and var day, var month, not "*" and var weekday]
        ? [InUtc($"{minute} {hour} {day} {month} *"), InUtc($"{minute} {hour} * {month} {weekday}")]
        : [InUtc(string.Join(' ', fields))];

    private static string Numbered(string field, string[] names, int first) => Name().Replace(
        field, name => Array.IndexOf(names, name.Value.ToUpperInvariant()) is >= 0 and var at ? (at + first).ToString(CultureInfo.InvariantCulture) : name.Value);

    private static CronExpression InUtc(string text) => CronExpression.Parse(text, CronFormat.Unix).WithTimeZone(TimeZoneInfo.Utc);

    [GeneratedRegex(@"^(?:\*|(?<from>\d{1,2})(?:-(?<to>\d{1,2}))?)(?:/\d{1,2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Term();

    /// <summary>The week's last day, not its first: FRI-SUN.</summary>
    [GeneratedRegex("(?<!SUN)-SUN", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex EndingSunday();

    [GeneratedRegex("[A-Za-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
