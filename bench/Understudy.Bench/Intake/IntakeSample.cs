namespace Understudy.Bench.Intake;

/// <summary>What one run took.</summary>
/// <param name="CommittedSeconds">Until the catalogue had everything; null where none takes part.</param>
/// <param name="DeletedSeconds">Until the queue was empty, and nothing of it in anybody's hand; null without a queue.</param>
/// <param name="CpuSeconds">User and system time of the workers, or of this process where it does their part.</param>
/// <param name="CatalogueCpuSeconds">That of PostgreSQL.</param>
/// <param name="EmulatorCpuSeconds">That of the emulator.</param>
internal sealed record IntakeSample(double? CommittedSeconds, double? DeletedSeconds, double CpuSeconds, double? CatalogueCpuSeconds, double? EmulatorCpuSeconds);
