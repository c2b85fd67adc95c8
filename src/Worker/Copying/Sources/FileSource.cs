using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Plans;

namespace Understudy.Copying.Sources;

/// <summary>A file below one of the allowed roots, wherever links lead.</summary>
internal sealed class FileSource(SourceUri.File uri, IReadOnlyList<string> roots) : SourceObject
{
    public override SourceUri Uri => uri;

    public override Task<Reading> ReadAsync(long offset, long length, Condition condition, CancellationToken cancel) =>
        Task.FromResult(Read(offset, length, condition));

    // An open file is not a version: it may be rewritten in place while it is read.
    public override bool IsStill(SourceVersion version) => Read(0, 1, new Condition.Not(version)) switch
    {
        Reading.NotModified => true,
        Reading.Body body => Close(body),
        _ => false,
    };

    private Reading Read(long offset, long length, Condition condition)
    {
        // Without waiting for the writer of a FIFO, which may never come.
        var descriptor = Posix.Retry(() => Posix.Open(uri.Path, Posix.ReadOnly | Posix.NonBlocking | Posix.CloseOnExec, 0), out var errno);
        switch (errno)
        {
            case Errno.OK:
                break;
            case Errno.ENOENT or Errno.ENOTDIR:
                return new Reading.Gone($"there is no file {uri.Path}");
            case Errno.EACCES or Errno.EPERM or Errno.ELOOP or Errno.ENAMETOOLONG:
                return new Reading.Refused($"{uri.Path} can't be read: {errno}");
            default:
                return new Reading.Unavailable($"{uri.Path} can't be read now: {errno}");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        Reading? reading = null;
        try
        {
            return reading = Judge(file, offset, length, condition);
        }
        catch (IOException e)
        {
            return new Reading.Unavailable($"{uri.Path} can't be read now: {e.Message}");
        }
        finally
        {
            if (reading is not Reading.Body)
                file.Dispose();
        }
    }

    private Reading Judge(SafeFileHandle file, long offset, long length, Condition condition)
    {
        if (!IsAllowed(file))
            return new Reading.Refused($"{uri.Path} is not below one of Sources:FileRoots, or a link leads out of it");
        var entry = Folder.Describe(file, uri.Path);
        if (entry.Kind != EntryKind.File)
            return new Reading.Refused($"{uri.Path} is {entry.Describe()}, not a file");

        var version = VersionOf(entry);
        return condition switch
        {
            Condition.Not(var have) when have == version => new Reading.NotModified(),
            Condition.Only(var wanted) when wanted != version => new Reading.Changed($"{uri.Path} changed while it was copied"),
            _ when version.Length == 0 => new Reading.Refused($"{uri.Path} is empty"),
            _ => new Reading.Body(
                version, Math.Min(length, version.Length - offset), new FileStream(file, FileAccess.Read, bufferSize: 0) { Position = offset }, null, MayKeepMore: false, file),
        };
    }

    private bool IsAllowed(SafeFileHandle file)
    {
        // The kernel knows where the open file really is, whatever links led there, and it can't be swapped any more.
        var real = new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget;
        return real is not null && roots.Any(root => real.StartsWith(RealPath.Of(root).TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    // With the time of the last change of any kind, which nobody can set: a file that is rewritten and given its old time back is another version.
    private static SourceVersion VersionOf(Entry entry) => new(
        string.Create(CultureInfo.InvariantCulture, $"\"{entry.Modified.Ticks:x}-{entry.Changed.Ticks:x}-{entry.Length:x}\""),
        null, Microseconds(entry.Modified), entry.Length);

    // As PostgreSQL keeps it, so that a version read back equals the one written.
    private static DateTimeOffset Microseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    private static bool Close(Reading.Body body)
    {
        body.Dispose();
        return false;
    }
}
