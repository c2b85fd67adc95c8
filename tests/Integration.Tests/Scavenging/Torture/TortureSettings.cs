using System.Globalization;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>
/// How long and how hard: <c>TORTURE_SEED</c> replays a run's decisions (not its timing), <c>TORTURE_SECONDS</c> is how long it goes on,
/// <c>TORTURE_KEEP=1</c> leaves the workers' logs of a failed run.
/// </summary>
internal sealed record TortureSettings(int Seed, TimeSpan Time, bool Keep)
{
    public const long Disk = 8 << 20;
    public const long Budget = 3 << 20;
    public const long MinFree = 1 << 20;
    public const int Inodes = 1500;
    public const int Largest = 400_000;
    public const int Assets = 24;
    public const int Deletable = 4;

    /// <summary>A machine that has more to do goes on until so much has happened, four times as long at most.</summary>
    public const int Deeds = 200, Kills = 4;

    public const int Visitors = 3;

    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>From the last look at an asset until its file has gone; a kill in between ends that.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    public static TortureSettings OfEnvironment(int seed) => new(seed, TimeSpan.FromSeconds(Number("TORTURE_SECONDS") ?? 15), Number("TORTURE_KEEP") == 1);

    public static int? Number(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public override string ToString() => $"TORTURE_SEED={Seed} TORTURE_SECONDS={Time.TotalSeconds:0}";
}
