namespace Understudy.Bench.Measuring;

/// <summary>What one run took.</summary>
/// <param name="CpuSeconds">User and system time of the tool with its children, or of the worker's process.</param>
/// <param name="CatalogueCpuSeconds">That of the worker's private PostgreSQL; null for a tool that has none.</param>
/// <param name="PeakBytes">Most resident memory of a process above what it held when idle, which is nothing for a tool that starts anew; null where it isn't known.</param>
/// <param name="SyncSeconds">From then until the destination's disk had it all; null for a destination in memory.</param>
internal sealed record Sample(double WallSeconds, double CpuSeconds, double? CatalogueCpuSeconds, long? PeakBytes, double? SyncSeconds = null);
