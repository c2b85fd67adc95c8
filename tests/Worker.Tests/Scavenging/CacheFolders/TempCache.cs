using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Understudy.Hosting;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

/// <summary>A cache folder as Cantaloupe fills it, in memory where there is such a file system, that goes with the test.</summary>
internal sealed class TempCache : IDisposable
{
    private readonly string _folder;

    public TempCache(string? parent = null)
    {
        _folder = Path.Combine(parent ?? (Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath()), $"understudy-cache-{Guid.NewGuid():N}");
        Root = Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
    }

    public string Root { get; }

    public string Outside { get; }

    /// <summary>Long before the files of the tests were really made, so that only what they say of their age counts.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero));

    [SuppressMessage("Security", "CA5351", Justification = "Cantaloupe's file names are made of MD5s.")]
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Below the root, as Cantaloupe's defaults have it.</summary>
    public static string PathOf(CacheKind kind, string identifier, string operations = "full")
    {
        var md5 = Md5(identifier);
        var name = kind switch { CacheKind.Image => $"{md5}_{Md5(operations)}.jpg", CacheKind.Info => $"{md5}.json", _ => md5 };
        return $"{kind.Folder()}/{md5[..2]}/{md5[2..4]}/{md5[4..6]}/{name}";
    }

    public string At(string path) => Path.Combine(Root, path);

    public bool Has(string path) => File.Exists(At(path));

    public string Add(CacheKind kind, string identifier, TimeSpan used, int bytes = 100, string operations = "full") =>
        Write(PathOf(kind, identifier, operations), used, bytes);

    /// <param name="used">How long ago; written twice as long ago.</param>
    public string Write(string path, TimeSpan used, int bytes = 100)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), new byte[bytes]);
        Age(path, used * 2, used);
        return path;
    }

    public void Age(string path, TimeSpan written, TimeSpan used)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(At(path), now - written);
        File.SetLastAccessTimeUtc(At(path), now - used);
    }

    /// <summary>An empty folder since then.</summary>
    public string AddFolder(string path, TimeSpan since)
    {
        Directory.CreateDirectory(At(path));
        Directory.SetLastWriteTimeUtc(At(path), Time.GetUtcNow().UtcDateTime - since);
        return path;
    }

    /// <summary>All files, links and folders, by their paths.</summary>
    public HashSet<string> Everything() =>
        [.. Directory.EnumerateFileSystemEntries(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(p => Path.GetRelativePath(Root, p))];

    public static CacheFolderOptions Options(string root, long? maxFiles, long? maxBytes = null, int lowWater = 100) => new()
    {
        Root = root,
        MaxFiles = maxFiles,
        MaxBytes = maxBytes is { } b ? new ByteSize(b) : null,
        LowWaterPercent = lowWater,
        BusyPercent = 100,
    };

    public CacheFolderSweep Sweep(CacheFolderOptions options, Action<Found>? before = null, bool dryRun = false, bool notes = true) =>
        new(options, dryRun, Time, NullLogger<CacheFolderSweep>.Instance) { Before = before ?? (static _ => { }), NoteInterval = notes ? TimeSpan.Zero : TimeSpan.FromDays(1) };

    public Task<SweepResult> RunAsync(long? maxFiles, long? maxBytes = null, int lowWater = 100, Action<Found>? before = null, bool dryRun = false) =>
        Sweep(Options(Root, maxFiles, maxBytes, lowWater), before, dryRun).RunAsync(null, (_, _, _) => Task.CompletedTask, CancellationToken.None);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
