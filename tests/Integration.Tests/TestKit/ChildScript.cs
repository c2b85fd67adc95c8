using System.Diagnostics;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>
/// A server that must not outlive the tests: a script which prints <c>ready …</c> once it serves, and ends what it started when its standard input
/// ends. That happens also when the test host is killed, which no clean-up of ours would survive.
/// </summary>
internal sealed class ChildScript : IAsyncDisposable
{
    private readonly Process _process;

    private ChildScript(Process process) => _process = process;

    /// <summary>What the script printed after <c>ready</c>.</summary>
    public required IReadOnlyList<string> Ready { get; init; }

    public static async Task<ChildScript> StartAsync(string? user, string file, params string[] arguments)
    {
        // In a session of its own, so that Ctrl-C reaches the test host only and the script is free to clean up.
        var start = new ProcessStartInfo("/usr/bin/env", ["setsid", file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (user is not null)
            start.UserName = user;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        var complaints = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["ready", .. var values])
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new(process) { Ready = values };
            }
        }
        await process.WaitForExitAsync();
        throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {await complaints}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }
}
