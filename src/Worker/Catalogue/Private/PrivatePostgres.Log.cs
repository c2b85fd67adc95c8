namespace Understudy.Catalogue.Private;

internal sealed partial class PrivatePostgres
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL: {How} version {Major}, process {Pid}, socket in {Folder}")]
    private partial void LogRunning(string how, int major, int pid, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Private PostgreSQL: died; starting it again in {Pause}")]
    private partial void LogDied(TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL: back, process {Pid}")]
    private partial void LogRestarted(int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Private PostgreSQL: did not start: {Complaint}; ended {Orphans} processes of its former self")]
    private partial void LogStartFailed(string complaint, int orphans);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Private PostgreSQL: does not answer yet: {Reason}")]
    private partial void LogSilent(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Private PostgreSQL: supervision failed, and goes on")]
    private partial void LogSupervisionFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "Private PostgreSQL: stopped")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Private PostgreSQL: stopped at once; it recovers at the next start")]
    private partial void LogStoppedAtOnce();
}
