using System.Runtime.InteropServices;

namespace Understudy.Copying.Store;

/// <summary>The file system refused something that should have worked: a fault of the NAS or of its set-up, not of an asset.</summary>
internal sealed class StoreException : IOException
{
    public StoreException(string operation, string path, Errno errno)
        : base($"{operation} '{path}' failed: {errno} ({Marshal.GetPInvokeErrorMessage((int)errno)})")
    {
        Errno = errno;
        HResult = (int)errno;
    }

    public StoreException(string message) : base(message)
    {
    }

    public Errno Errno { get; }

    /// <summary>The disk or the quota is full: make room, then try again.</summary>
    public bool NoSpace => Errno.IsNoSpace();

    /// <summary>The same question about any I/O exception: the runtime keeps Linux's error number in the HResult.</summary>
    public static bool IsNoSpace(IOException exception) => ((Errno)exception.HResult).IsNoSpace();
}
