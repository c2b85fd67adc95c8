using Understudy.Integration.Tests;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.Publishing;
using Understudy.Integration.Tests.Purging;
using Understudy.Integration.Tests.Queues;
using Understudy.Integration.Tests.Scavenging;
using Understudy.Integration.Tests.Scavenging.Torture;
using Understudy.Integration.Tests.Schedules;
using Understudy.Integration.Tests.Warming;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Understudy.Integration.Tests;

/// <summary>Classes of a minute and more begin first, so that none of them is what all the others are waited for with.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [.. new[]
    {
        typeof(PurgeCrashTests), typeof(LastingFaultTests), typeof(FaultTests), typeof(ChecksumTests), typeof(QueueTests), typeof(WarmFaultTests), typeof(SimulatedDaysTests), typeof(TortureTests), typeof(CrashTests),
        typeof(EvictingTests), typeof(ReconcileTests), typeof(RefusalTests), typeof(KilledReceiverTests), typeof(AnnouncedSettlementTests), typeof(PurgeEventsTests),
    }.Select(t => $" {t.FullName} ")];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Long, l => c.TestCollectionDisplayName.Contains(l, StringComparison.Ordinal)) is >= 0 and var place ? place : int.MaxValue)];
}
