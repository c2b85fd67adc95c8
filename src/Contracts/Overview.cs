namespace Understudy.Contracts;

/// <summary>What the store holds, by customer, or by space of one customer.</summary>
/// <param name="Copies">Of all, also of those that <paramref name="Parts"/> leaves out.</param>
/// <param name="Parts">The largest 1,000, the largest first.</param>
public sealed record UsageView(long Copies, long Bytes, IReadOnlyList<UsagePart> Parts);

/// <param name="Space">null: the whole customer.</param>
/// <param name="Name">The customer's name in URLs, where it is known.</param>
/// <param name="QuotaBytes">What the customer may hold; null: there is no quota, or this is a space.</param>
/// <param name="Pinned">All of it stays whatever room is needed.</param>
public sealed record UsagePart(int Customer, int? Space, string? Name, long Copies, long Bytes, long? QuotaBytes, bool Pinned);

/// <summary>What all workers did lately, in spans of <paramref name="StepSeconds"/>, oldest first; the last one isn't over.</summary>
public sealed record ThroughputView(int StepSeconds, IReadOnlyList<ThroughputSpan> Spans);

/// <param name="At">When the span began.</param>
/// <param name="Events">Received, in whichever way.</param>
/// <param name="Bytes">Fetched from sources.</param>
/// <param name="Purges">Purges of one asset at one target.</param>
/// <param name="Failures">Attempts that failed, whatever they were at.</param>
public sealed record ThroughputSpan(
    DateTimeOffset At, long Events, long Copies, long Bytes, long WarmRequests, long Purges, long Evictions, long Failures);

/// <summary>What is going on, once a second.</summary>
/// <param name="Queues">As the worker sees them that was asked.</param>
/// <param name="Lately">What all workers did since <see cref="ThroughputSpan.At"/>, from 10 to 20 seconds ago.</param>
public sealed record LiveView(
    DateTimeOffset At, IReadOnlyList<PlanCount> Plans, IReadOnlyList<WorkerView> Workers, LiveStore Store, IReadOnlyList<QueueView> Queues, ThroughputSpan Lately);

public sealed record LiveStore(long Copies, long UsedBytes, long ReservedBytes, long RetiredBytes);

/// <summary>A setting that a worker runs with.</summary>
/// <param name="Value">Secrets are hidden; null: nothing is set.</param>
/// <param name="Source"><c>default</c>, a file's name, <c>environment</c> or <c>command line</c>.</param>
public sealed record ConfigurationValue(string Key, string? Value, string Source);
