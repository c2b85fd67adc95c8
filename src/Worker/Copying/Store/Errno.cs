using System.Diagnostics.CodeAnalysis;

namespace Understudy.Copying.Store;

/// <summary>Linux's error numbers, under their own names; the same on x64 and arm64.</summary>
[SuppressMessage("Design", "CA1008", Justification = "OK is the name that fits.")]
internal enum Errno
{
    OK = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EIO = 5,
    EBADF = 9,
    EACCES = 13,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    EROFS = 30,
    EMLINK = 31,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    EOPNOTSUPP = 95,
    ESTALE = 116,
    EDQUOT = 122,
}

internal static class ErrnoKinds
{
    /// <summary>A quota that is used up is no room either; NFS says EDQUOT for a full export with quotas.</summary>
    public static bool IsNoSpace(this Errno errno) => errno is Errno.ENOSPC or Errno.EDQUOT;

    /// <summary>The file system can't do it at all, as opposed to: not now, not here.</summary>
    public static bool IsUnsupported(this Errno errno) => errno is Errno.EOPNOTSUPP or Errno.ENOSYS or Errno.EINVAL;
}
