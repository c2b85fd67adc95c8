using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

/// <summary>A file from its first byte to its last. Each piece is gone when the next one is asked for.</summary>
internal static class FilePieces
{
    private const int Largest = 1 << 20;

    public static IEnumerable<ReadOnlyMemory<byte>> Of(SafeFileHandle file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Largest);
        try
        {
            for (var done = 0L; RandomAccess.Read(file, buffer, done) is > 0 and var read; done += read)
                yield return buffer.AsMemory(0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
