using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Understudy.Copying.Store;

namespace Understudy.Worker.Tests.Copying.Store;

/// <summary>A store in a temporary folder that goes with it, and the small acts that most tests are made of.</summary>
internal sealed class TempStore : IDisposable
{
    /// <summary>The disk, and memory where there is one: their file systems differ.</summary>
    public static readonly string[] Bases = [.. new[] { Path.GetTempPath(), "/dev/shm" }.Where(Directory.Exists)];

    private readonly string _folder;

    public TempStore(string? parent = null, bool hardLinks = true, Action<StoreStep>? before = null)
    {
        _folder = Path.Combine(parent ?? Bases[^1], $"understudy-{Guid.NewGuid():N}");
        Root = Path.Combine(_folder, "store");
        Before = before ?? (static _ => { });
        Folder = Open(hardLinks);
    }

    public string Root { get; }

    public Action<StoreStep> Before { get; set; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero));

    public StoreFolder Folder { get; }

    public string Outside => Path.Combine(_folder, "outside");

    public string Copying => Path.Combine(Root, ".understudy/copying");

    public string Retired => Path.Combine(Root, ".understudy/retired");

    public static StorePath Place(string text) => Assert.IsType<PathResult.Resolved>(StorePath.Parse(text)).Path;

    public string At(string path) => Path.Combine(Root, path);

    public string Read(string path) => File.ReadAllText(At(path));

    public PartialFile Begin(Guid attempt, string content)
    {
        var part = Assert.IsType<BeginResult.Begun>(Folder.Begin(attempt, "v1")).Part;
        RandomAccess.Write(part.Handle, Encoding.UTF8.GetBytes(content), 0);
        return part;
    }

    public PublishResult Publish(Guid attempt, string path, string content)
    {
        using var part = Begin(attempt, content);
        return Folder.Publish(part, Place(path));
    }

    public void Dispose()
    {
        Folder.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private StoreFolder Open(bool hardLinks) => StoreFolder.Open(
        Root, Time, NullLogger.Instance, t => t with { HardLinks = t.HardLinks && hardLinks }, step => Before(step));
}
