using System.Globalization;

namespace Understudy.Schedules;

/// <summary>Says the simple cron expressions in words; of those that need more, the next times say it better. Pure.</summary>
internal static class CronWords
{
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <param name="cron">Five fields, as <see cref="Cron.Text"/> has them.</param>
    /// <returns>null: it is none of the simple ones.</returns>
    public static string? Of(string cron) => cron.Split(' ') is [var minute, var hour, var day, "*", var weekday]
        ? (Time(minute, hour), Day(day, weekday)) switch
        {
            (null, _) or (_, null) => null,
            // What is said of the time begins with its rhythm; of every day nothing has to be said then.
            ({ } rhythm, "every day") when rhythm.StartsWith("every", StringComparison.Ordinal) => rhythm,
            ({ } rhythm, { } on) when rhythm.StartsWith("every", StringComparison.Ordinal) => $"{rhythm}, {on}",
            var (at, on) => $"{on} {at}",
        }
        : null;

    private static string? Time(string minute, string hour) => (minute, hour) switch
    {
        ("*", "*") => "every minute",
        (['*', '/', .. var step], "*") => $"every {step} minutes",
        (_, "*") when Number(minute) is { } m => string.Create(CultureInfo.InvariantCulture, $"every hour at :{m:00}"),
        (_, ['*', '/', .. var step]) when Number(minute) is { } m => string.Create(CultureInfo.InvariantCulture, $"every {step} hours at :{m:00}"),
        _ when Number(minute) is { } m && hour.Split(',').Select(Number).ToArray() is var hours && hours.All(h => h is not null)
            => "at " + string.Join(" and ", hours.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{m:00}"))),
        _ => null,
    };

    private static string? Day(string day, string weekday) => (day, weekday) switch
    {
        ("*", "*") => "every day",
        ("*", "1-5") => "Monday to Friday",
        ("*", _) when weekday.Split(',').Select(Number).ToArray() is var days && days.All(d => d is >= 0 and <= 7) => string.Join(" and ", days.Select(d => Days[d!.Value] + "s")),
        (_, "*") when Number(day) is { } d => string.Create(CultureInfo.InvariantCulture, $"on day {d} of each month"),
        _ => null,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
