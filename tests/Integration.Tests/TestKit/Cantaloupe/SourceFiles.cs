using System.Collections.Concurrent;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>An image as its file's header has it.</summary>
/// <param name="Tile">Null: not tiled.</param>
/// <param name="Look">What is to be seen: images of another look have other bytes.</param>
internal sealed record SourceImage(PixelSize Size, PixelSize? Tile = null, int Pages = 1, byte Look = 0);

/// <summary>The store that all nodes read.</summary>
internal sealed class SourceFiles
{
    private readonly ConcurrentDictionary<string, SourceImage> _files = new();

    public void Put(string identifier, int width, int height) => Put(identifier, new SourceImage(new PixelSize(width, height)));

    public void Put(string identifier, SourceImage image) => _files[Path(identifier)] = image;

    public void Delete(string identifier) => _files.TryRemove(Path(identifier), out _);

    public SourceImage? Find(string identifier) => _files.GetValueOrDefault(Path(identifier));

    // To a file system one slash is as good as two; to the caches it isn't.
    private static string Path(string identifier) => identifier.TrimStart('/');
}
