using System.Diagnostics;

namespace Understudy.Catalogue.Private;

/// <summary>What a finished program left behind.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last thing that it complained about, on one line.</summary>
    public string Complaint =>
        (Error.Length > 0 ? Error : Output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? $"exit code {ExitCode}";
}

/// <summary>Runs a short program and waits for it.</summary>
internal static class Command
{
    /// <param name="file">A path, or a name that is looked for on the PATH.</param>
    /// <param name="user">Runs as this user, which takes root; null: as the worker's own.</param>
    public static async Task<CommandResult> RunAsync(string file, IEnumerable<string> arguments, string? user, CancellationToken cancel = default)
    {
        // .NET would look for a bare name in the working directory first, where anybody's "test" may be.
        var start = new ProcessStartInfo(file.Contains('/') ? file : "/usr/bin/env", file.Contains('/') ? arguments : arguments.Prepend(file))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The other user may not be able to enter the folder that the worker was started in.
            WorkingDirectory = "/",
        };
        if (user is not null)
            start.UserName = user;
        // PGDATA, PGPORT, PGOPTIONS… of the surroundings are meant for another server.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        try
        {
            await process.WaitForExitAsync(cancel);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: false);
            throw;
        }
    }
}
