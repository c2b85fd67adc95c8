using Microsoft.Win32.SafeHandles;
using Understudy.Copying.Checksums;

namespace Understudy.Copying.Store;

/// <summary>
/// What a fenced attempt had fetched. Its writer may still be alive and writing to this very file, so bytes count only if the copy
/// that was read of them has the recorded CRC; and they are copied into the new attempt's own file, never adopted in place.
/// </summary>
internal sealed class Salvage : IDisposable
{
    private readonly SafeFileHandle _file;

    public Salvage(SafeFileHandle file, long length, IReadOnlyList<PartRecord> parts) => (_file, Length, Parts) = (file, length, parts);

    /// <summary>Of the file, which holds room for all parts, whether fetched or not.</summary>
    public long Length { get; }

    /// <summary>By offset, of the version asked for, within the file's length. They may overlap.</summary>
    public IReadOnlyList<PartRecord> Parts { get; }

    /// <summary>Reads a part; false when its bytes aren't those that were recorded: fetch it again.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <param name="buffer">At least the part's length; its content is undefined after false.</param>
    public async ValueTask<bool> ReadAsync(PartRecord part, Memory<byte> buffer, CancellationToken cancellation)
    {
        var target = buffer[..part.Length];
        for (var done = 0; done < target.Length;)
        {
            var read = await RandomAccess.ReadAsync(_file, target[done..], part.Offset + done, cancellation);
            if (read == 0)
                return false;
            done += read;
        }

        return Crc32C.Append(0, target.Span) == part.Crc32C;
    }

    public void Dispose() => _file.Dispose();
}
