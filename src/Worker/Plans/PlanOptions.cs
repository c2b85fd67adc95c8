using System.ComponentModel.DataAnnotations;

namespace Understudy.Plans;

/// <summary>Section <c>Plans</c>.</summary>
internal sealed class PlanOptions
{
    public const string Section = "Plans";

    /// <summary>
    /// Plans this node works on at once, 1 to 1,000. Too few leave connections idle while files are verified and
    /// committed; too many hold more temporary files and reservations. Requests that somebody waits for get half as many on top.
    /// </summary>
    [Range(1, 1000)]
    public int Slots { get; set; } = 64;

    /// <summary>Failed attempts after which a plan is given up, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>Pause after the first failure; doubles with each further one, with jitter. 10 ms to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between attempts. 10 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a plan that waits for room looks again. 100 ms to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RoomDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a worker may be silent before others take its plans, 1 s to 1 hour. Too short and a pause for breath
    /// costs a copy; too long and a dead node's plans lie idle. A node that starts again takes its own plans at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the queue is looked at when no notification came, 50 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a dead plan answers for its asset before a new request tries again, 0 to 1 day. A missing image that
    /// everybody asks for costs the source one look in this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DeadFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stopping worker lets its attempts finish, 0 to 10 minutes; a supervisor that kills sooner costs the rest.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);
}
