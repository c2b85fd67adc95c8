using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

/// <summary>
/// The calls that .NET lacks: work relative to an open folder, so that no path is walked twice and no symlink followed.
/// Linux on x64 and arm64, glibc or musl. Signatures only; <see cref="Folder"/> gives them meaning.
/// </summary>
internal static partial class Posix
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    /// <summary>Reading leaves the access time alone; only for the file's owner, and NFS servers don't hear of it.</summary>
    public const int NoAccessTime = 0x40000;

    // asm/fcntl.h: arm64 swaps these with others.
    public static readonly int Directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AtSymlinkNoFollow = 0x100;
    public const int AtRemoveDirectory = 0x200;
    public const int AtEmptyPath = 0x1000;

    /// <summary>Ask the NFS server, not the attribute cache.</summary>
    public const int AtStatxForceSync = 0x2000;

    public const uint StatxBasicStats = 0x7ff;

    public const ulong MountedNoAccessTimes = 0x400;
    public const ulong MountedRelativeAccessTimes = 0x1000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MkdirAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(SafeFileHandle from, string name, SafeFileHandle to, string newName, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle from, string name, SafeFileHandle to, string newName);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatxAt(SafeFileHandle folder, string name, int flags, uint mask, out Statx result);

    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int StatVfs(SafeFileHandle file, out Vfs result);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    /// <summary>Runs a call until no signal interrupts it; -1 means that <paramref name="errno"/> says why.</summary>
    public static int Retry(Func<int> call, out Errno errno)
    {
        while (true)
        {
            var result = call();
            errno = result == -1 ? (Errno)Marshal.GetLastPInvokeError() : Errno.OK;
            if (errno != Errno.EINTR)
                return result;
        }
    }

    public static Errno Retry(Func<int> call)
    {
        _ = Retry(call, out var errno);
        return errno;
    }

    /// <summary>linux/stat.h, <c>struct statx</c>: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(64)] public long AccessedSeconds;
        [FieldOffset(72)] public uint AccessedNanoseconds;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(104)] public uint ChangedNanoseconds;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    /// <summary>bits/statvfs.h on 64 bits, glibc and musl alike.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Vfs
    {
        [FieldOffset(8)] public ulong FragmentSize;
        [FieldOffset(16)] public ulong Blocks;
        [FieldOffset(32)] public ulong BlocksAvailable;
        [FieldOffset(40)] public ulong Inodes;
        [FieldOffset(56)] public ulong InodesAvailable;
        [FieldOffset(72)] public ulong Flags;
    }
}
