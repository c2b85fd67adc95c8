using System.Diagnostics;
using System.Text.RegularExpressions;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>A peer that is here, its version, and what it takes merely to start and say so.</summary>
internal sealed partial record InstalledTool(string Name, string Executable, string Version, Spread StartSeconds)
{
    private const int Starts = 5;

    private static readonly (string Name, string Executable, string VersionArgument)[] Known =
    [
        ("cp", "cp", "--version"),
        ("curl", "curl", "--version"),
        ("rclone", "rclone", "version"),
        // Debian's: a shim of the same name may stand before it on PATH.
        ("aws", "/usr/bin/aws", "--version"),
        ("s5cmd", "s5cmd", "version"),
    ];

    public static IEnumerable<string> KnownNames => Known.Select(k => k.Name);

    public static async Task<IReadOnlyDictionary<string, InstalledTool>> FindAsync(CancellationToken cancel)
    {
        var found = new Dictionary<string, InstalledTool>();
        foreach (var (name, wanted, argument) in Known)
        {
            var executable = Path.IsPathRooted(wanted) ? (File.Exists(wanted) ? wanted : null) : Programs.Find(wanted);
            if (executable is null)
                continue;

            var seconds = new List<double>();
            var version = "";
            for (var start = 0; start < Starts; start++)
            {
                var started = Stopwatch.GetTimestamp();
                version = await new Command(executable, [argument]).OutputAsync(TimeSpan.FromSeconds(20), cancel);
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            found[name] = new InstalledTool(name, executable, VersionNumber().Match(version).Value, Spread.Of(seconds)!);
        }

        return found;
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionNumber();
}
