using Understudy.Integration.Tests;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Publishing;
using Understudy.Integration.Tests.Purging;
using Understudy.Integration.Tests.Queues;
using Understudy.Integration.Tests.Scavenging;
using Understudy.Integration.Tests.Warming;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Understudy.Integration.Tests;

/// <summary>Classes of a minute and more that mostly wait begin first: none of them shall be what is waited for at the end. The busy ones come in between.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [.. new[]
    {
        typeof(PurgeCrashTests), typeof(LastingFaultTests), typeof(FaultTests), typeof(ChecksumTests), typeof(QueueTests), typeof(WarmFaultTests), typeof(EvictingTests), typeof(RefusalTests),
        typeof(AnnouncedSettlementTests), typeof(PurgeEventsTests),
    }.Select(t => $" {t.FullName} ")];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, l => c.TestCollectionDisplayName.Contains(l, StringComparison.Ordinal)) is >= 0 and var place ? place : int.MaxValue)];
}
