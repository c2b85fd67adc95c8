using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Understudy.Plans;

namespace Understudy.Copying.Sources;

/// <summary>A file below one of the allowed roots, wherever links lead.</summary>
internal sealed class FileSource(SourceUri.File uri, IReadOnlyList<string> roots) : SourceObject
{
    public override SourceUri Uri => uri;

    public override Task<Reading> ReadAsync(long offset, long length, Condition condition, CancellationToken cancel) =>
        Task.FromResult(Read(offset, length, condition));

    // An open file is not a version: it may be rewritten in place while it is read.
    public override bool IsStill(SourceVersion version)
    {
        try
        {
            using var file = File.OpenHandle(uri.Path);
            return VersionOf(file) == version;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Reading Read(long offset, long length, Condition condition)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(uri.Path, options: FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Reading.Gone($"there is no file {uri.Path}");
        }
        catch (UnauthorizedAccessException e)
        {
            return new Reading.Refused($"{uri.Path} can't be read: {e.Message}");
        }
        catch (IOException e)
        {
            return new Reading.Unavailable($"{uri.Path} can't be read now: {e.Message}");
        }

        var reading = Check(file, condition, out var version)
            ?? new Reading.Body(version, Math.Min(length, version.Length - offset), new FileStream(file, FileAccess.Read, bufferSize: 0) { Position = offset }, null, MayKeepMore: false, file);
        if (reading is not Reading.Body)
            file.Dispose();
        return reading;
    }

    private Reading? Check(SafeFileHandle file, Condition condition, out SourceVersion version)
    {
        version = VersionOf(file);
        if (!IsAllowed(file))
            return new Reading.Refused($"{uri.Path} is not below one of Sources:FileRoots, or a link leads out of it");
        return condition switch
        {
            Condition.Not(var have) when have == version => new Reading.NotModified(),
            Condition.Only(var wanted) when wanted != version => new Reading.Changed($"{uri.Path} changed while it was copied"),
            _ when version.Length == 0 => new Reading.Refused($"{uri.Path} is empty"),
            _ => null,
        };
    }

    private bool IsAllowed(SafeFileHandle file)
    {
        // The kernel knows where the open file really is, whatever links led there, and it can't be swapped any more.
        var real = new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget;
        return real is not null && roots.Any(root => real.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    private static SourceVersion VersionOf(SafeFileHandle file)
    {
        var modified = File.GetLastWriteTimeUtc(file);
        var length = RandomAccess.GetLength(file);
        return new SourceVersion(string.Create(CultureInfo.InvariantCulture, $"\"{modified.Ticks:x}-{length:x}\""), null, Microseconds(modified), length);
    }

    // As PostgreSQL keeps it, so that a version read back equals the one written.
    private static DateTimeOffset Microseconds(DateTime time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
