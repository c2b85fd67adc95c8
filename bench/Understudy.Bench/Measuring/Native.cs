using System.Runtime.InteropServices;

namespace Understudy.Bench.Measuring;

/// <summary>The calls that .NET has no name for.</summary>
internal static partial class Native
{
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;
    private const int RusageChildren = -1;

    /// <summary>User and system time of every child that has ended and been waited for, with its children.</summary>
    public static TimeSpan EndedChildrenCpu()
    {
        if (getrusage(RusageChildren, out var usage) != 0)
            throw new BenchException($"getrusage failed ({Marshal.GetLastPInvokeError()})");
        return TimeSpan.FromMicroseconds(((usage.UserSeconds + usage.SystemSeconds) * 1_000_000L) + usage.UserMicroseconds + usage.SystemMicroseconds);
    }

    public static void Terminate(int processId) => _ = kill(processId, Sigterm);

    /// <summary>Nothing of it runs until <see cref="Resume"/>.</summary>
    public static void Pause(int processId) => _ = kill(processId, Sigstop);

    public static void Resume(int processId) => _ = kill(processId, Sigcont);

    /// <summary>Writes everything of the folder's file system to its disk.</summary>
    public static void SyncFileSystem(string folder)
    {
        // A directory can't be opened by .NET: O_RDONLY is 0 everywhere.
        var handle = open(folder, 0);
        if (handle < 0)
            throw new BenchException($"{folder} can't be opened ({Marshal.GetLastPInvokeError()})");
        _ = syncfs(handle);
        _ = close(handle);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, out Rusage usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int handle);

    [StructLayout(LayoutKind.Sequential)]
    private struct Rusage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
        public Rest Other;
    }

    [System.Runtime.CompilerServices.InlineArray(14)]
    private struct Rest
    {
        public long First;
    }
}
