namespace Understudy.Bench.Measuring;

/// <summary>What one run took.</summary>
/// <param name="CpuSeconds">User and system time of the tool with its children, or of the worker's process.</param>
/// <param name="CatalogueCpuSeconds">That of the worker's private PostgreSQL; null for a tool that has none.</param>
/// <param name="PeakBytes">Most resident memory of the largest process; null where it isn't known.</param>
/// <param name="IdleBytes">What of it was resident before the run; null for a tool, which starts anew.</param>
/// <param name="SyncSeconds">From then until the destination's disk had it all; null for a destination in memory.</param>
internal sealed record Sample(double WallSeconds, double CpuSeconds, double? CatalogueCpuSeconds, long? PeakBytes, long? IdleBytes = null, double? SyncSeconds = null);
