namespace Understudy.Hosting.CommandLine;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Some of what was asked failed, or the worker could not start.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No worker answers.</summary>
    public const int Unreachable = 3;

    /// <summary>The worker wants another key, or one with another role.</summary>
    public const int Refused = 4;

    /// <summary>Ctrl+C, as shells count it.</summary>
    public const int Interrupted = 130;
}
