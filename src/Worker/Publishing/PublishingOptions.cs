using System.Text.RegularExpressions;
using Understudy.Hosting.Configuration;

namespace Understudy.Publishing;

/// <summary>
/// Section <c>Publishing</c>: where it is told what became of assets; nowhere unless one of the two is set. The same on all workers of a
/// catalogue: each writes what it settles, and only those that publish write.
/// </summary>
internal sealed partial class PublishingOptions : ICheckedOptions
{
    public const string Section = "Publishing";

    /// <summary>ARN of an SNS topic.</summary>
    public string? Topic { get; set; }

    /// <summary>On MassTransit's bus inside this process, for consumers inside it.</summary>
    public bool InMemory { get; set; }

    public bool IsOn => Topic is not null || InMemory;

    public IEnumerable<BrokenRule> Check()
    {
        if (Topic is not null && !TopicArn().IsMatch(Topic))
            yield return new(nameof(Topic), "must be the ARN of an SNS topic, as arn:aws:sns:eu-west-1:123456789012:name");
        if (Topic is not null && InMemory)
            yield return new(nameof(InMemory), "must not be on beside Topic: what is published leaves the outbox, so there is one way out");
    }

    [GeneratedRegex(@"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]+:[A-Za-z0-9_.-]+\z")]
    private static partial Regex TopicArn();
}
