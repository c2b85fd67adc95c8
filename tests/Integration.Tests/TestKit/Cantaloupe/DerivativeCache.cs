using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>Infos and images, of one node or of several that share it. Nothing expires, and nothing looks at the source again.</summary>
internal sealed class DerivativeCache
{
    private readonly ConcurrentDictionary<string, SourceImage> _infos = new();
    private readonly ConcurrentDictionary<(string Identifier, string Operations), byte[]> _images = new();

    /// <summary>While a sweep runs, purging an item returns at once and has removed nothing.</summary>
    public bool SweepIsRunning { get; set; }

    public SourceImage? Info(string identifier) => _infos.GetValueOrDefault(identifier);

    public void PutInfo(string identifier, SourceImage image) => _infos[identifier] = image;

    public byte[]? Image(string identifier, string operations) => _images.GetValueOrDefault((identifier, operations));

    public void PutImage(string identifier, string operations, byte[] image) => _images[(identifier, operations)] = image;

    /// <summary>The keys of an image's derivatives, such as <c>full/125,/0/default.jpg</c>.</summary>
    public IReadOnlyList<string> ImagesOf(string identifier) =>
        [.. _images.Keys.Where(key => key.Identifier == identifier).Select(key => key.Operations).Order(StringComparer.Ordinal)];

    public void Purge(string identifier)
    {
        if (SweepIsRunning)
            return;
        _infos.TryRemove(identifier, out _);
        foreach (var key in _images.Keys.Where(key => key.Identifier == identifier))
            _images.TryRemove(key, out _);
    }

    public void PurgeInfos() => _infos.Clear();

    public void PurgeAll()
    {
        _infos.Clear();
        _images.Clear();
    }
}
