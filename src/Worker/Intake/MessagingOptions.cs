using System.ComponentModel.DataAnnotations;
using Understudy.Hosting.Configuration;
using Understudy.Intake.Understanding;

namespace Understudy.Intake;

internal enum Transport
{
    /// <summary>Events come over HTTP, and from publishers in this process.</summary>
    InMemory,

    /// <summary>Events come over Amazon SQS as well.</summary>
    AmazonSqs,
}

/// <summary>Section <c>Messaging</c>.</summary>
internal sealed class MessagingOptions : ICheckedOptions
{
    public const string Section = "Messaging";

    public Transport Transport { get; set; }

    /// <summary>What is received from; made by infrastructure, unless <see cref="CreateQueues"/> is set.</summary>
    public QueueOptions[] Queues { get; set; } = [];

    /// <summary>Makes queues that aren't there, each with a queue <c>{name}-dead</c> for what was delivered five times: for development.</summary>
    public bool CreateQueues { get; set; }

    /// <summary>
    /// How long a stopping worker works on messages that it has received, 0 to 10 minutes. What isn't done by then is given
    /// back to the queue at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Which keys of S3's event notifications are which asset: see <see cref="S3KeyPatterns"/>.</summary>
    public string[] S3Keys { get; set; } = [.. S3KeyPatterns.OfDlcs];

    public IEnumerable<BrokenRule> Check()
    {
        if (Transport == Transport.AmazonSqs && Queues.Length == 0)
            yield return new(nameof(Queues), "must name at least one queue (Messaging:Queues:0:Name) with Messaging:Transport AmazonSqs");
        if (Queues.GroupBy(q => q.Name).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
            yield return new(nameof(Queues), $"must name each queue once; '{twice}' is there twice");
        if (!S3KeyPatterns.TryCreate(S3Keys, out _, out var error))
            yield return new(nameof(S3Keys), error);
    }
}

/// <summary>One queue of <see cref="MessagingOptions"/>.</summary>
internal sealed class QueueOptions
{
    /// <summary>Its name, or its URL where it is another account's.</summary>
    [Required]
    [StringLength(512, MinimumLength = 1)]
    public string Name { get; set; } = "";

    /// <summary>0 to 9. A queue is read with restraint while one of a lower number has a backlog: give viewers' hits a lower one than bulk.</summary>
    [Range(0, 9)]
    public int Priority { get; set; } = 5;

    /// <summary>
    /// Messages in hand at once, 1 to 1,000. Too few leave the catalogue's commits small and slow; too many are held by one
    /// worker while others are idle, and each costs a renewal every third of the queue's visibility time-out.
    /// </summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 200;
}
