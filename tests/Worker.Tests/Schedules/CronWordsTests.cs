using Understudy.Schedules;

namespace Understudy.Worker.Tests.Schedules;

public class CronWordsTests
{
    [Theory]
    [InlineData("15 3 * * *", "every day at 03:15"), InlineData("30 2 * * 1-5", "Monday to Friday at 02:30"), InlineData("0 4,16 * * *", "every day at 04:00 and 16:00")]
    [InlineData("*/5 * * * *", "every 5 minutes"), InlineData("* * * * *", "every minute"), InlineData("7 * * * *", "every hour at :07"), InlineData("0 */6 * * *", "every 6 hours at :00")]
    [InlineData("0 5 * * 0", "Sundays at 05:00"), InlineData("0 5 * * 6,7", "Saturdays and Sundays at 05:00"), InlineData("0 5 1 * *", "on day 1 of each month at 05:00"), InlineData("*/5 * * * 1", "every 5 minutes, Mondays")]
    [InlineData("0 5 1 1 *", null), InlineData("0-10 5 * * *", null), InlineData("0 5 1 * 1", null), InlineData("0 1-5 * * *", null), InlineData("0 5 * * 1-3", null), InlineData("0 5 * * MON", null)]
    public void Simple_expression_is_said_in_words_and_any_other_is_not(string cron, string? words) => Assert.Equal(words, CronWords.Of(cron));
}
