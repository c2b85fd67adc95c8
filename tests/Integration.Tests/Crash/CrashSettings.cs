using System.Globalization;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// How long and how hard: <c>CRASH_SEED</c> replays a run's decisions (not its timing), <c>CRASH_COPIES</c> is the number of assets,
/// <c>CRASH_ROUNDS</c> the number of faults, <c>CRASH_KEEP=1</c> leaves the folder of a failed run.
/// </summary>
internal sealed record CrashSettings(int Seed, int Assets, int Rounds, bool Keep)
{
    public static CrashSettings Of(int seed, int assets, int rounds) => new(
        Number("CRASH_SEED") ?? seed, Number("CRASH_COPIES") ?? assets, Number("CRASH_ROUNDS") ?? rounds, Number("CRASH_KEEP") == 1);

    public override string ToString() => $"CRASH_SEED={Seed} CRASH_COPIES={Assets} CRASH_ROUNDS={Rounds}";

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
