using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Understudy.Integration.Tests.Crash;

/// <summary>What .NET can't send: a pause, a resume, a polite end, a hang-up.</summary>
internal static partial class Signals
{
    private const int Hangup = 1;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int NoSuchProcess = 3;

    public static void KillNow(int pid) => Send(pid, Kill);

    public static void AskToEnd(int pid) => Send(pid, Terminate);

    public static void HangUp(int pid) => Send(pid, Hangup);

    public static void Pause(int pid) => Send(pid, Stop);

    public static void Resume(int pid) => Send(pid, Continue);

    private static void Send(int pid, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        if (SendSignal(pid, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
            throw new Win32Exception(error, $"kill {signal} of process {pid}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
