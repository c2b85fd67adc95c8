using System.Diagnostics;

namespace Understudy.Bench.Measuring;

/// <summary>A program that is run to its end and paid for.</summary>
internal sealed record Command(string Executable, IReadOnlyList<string> Arguments)
{
    // Its own child's peak is reported by a process this small; straight from here it would be at least this
    // process's own, which a child holds for an instant between fork and exec.
    private static readonly string? Time = Programs.Find("time");

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public async Task<Sample> RunAsync(TimeSpan limit, CancellationToken cancel)
    {
        var peak = Path.GetTempFileName();
        try
        {
            var cpuBefore = Native.EndedChildrenCpu();
            var started = Stopwatch.GetTimestamp();
            await EndAsync(Time is null ? [] : [Time, "-f", "%M", "-o", peak], limit, cancel);
            var wall = Stopwatch.GetElapsedTime(started);
            var cpu = Native.EndedChildrenCpu() - cpuBefore;
            var kilobytes = Time is null ? null : await File.ReadAllTextAsync(peak, cancel);
            return new Sample(wall.TotalSeconds, cpu.TotalSeconds, null, kilobytes is null ? null : long.Parse(kilobytes.Trim()) << 10);
        }
        finally
        {
            File.Delete(peak);
        }
    }

    /// <summary>What it writes to standard output.</summary>
    public Task<string> OutputAsync(TimeSpan limit, CancellationToken cancel) => EndAsync([], limit, cancel);

    private async Task<string> EndAsync(IReadOnlyList<string> wrapper, TimeSpan limit, CancellationToken cancel)
    {
        string[] line = [.. wrapper, Executable, .. Arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        ChildEnvironment.Apply(start, Environment);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(limit);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bounded.Token);
            var errors = process.StandardError.ReadToEndAsync(bounded.Token);
            await process.WaitForExitAsync(bounded.Token);
            return process.ExitCode == 0
                ? await output
                : throw new BenchException($"{Path.GetFileName(Executable)} ended with {process.ExitCode}: {LastLine(await errors)}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new BenchException($"{Path.GetFileName(Executable)} took longer than {limit.TotalSeconds:0} s and was ended");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static string LastLine(string text) => text.Trim().Split('\n')[^1];
}
