using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Understudy.Copying.Images;
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

    /// <summary>A folder with JP2s, for what was not put here: their headers say what there is.</summary>
    public string? Folder { get; init; }

    public SourceImage? Find(string identifier) => _files.GetValueOrDefault(Path(identifier)) ?? (Folder is null ? null : Read(System.IO.Path.Combine(Folder, Path(identifier))));

    private static SourceImage? Read(string file)
    {
        try
        {
            using var handle = File.OpenHandle(file, share: FileShare.ReadWrite | FileShare.Delete);
            return ImageCheck.Check((offset, buffer) => RandomAccess.Read(handle, buffer, offset), RandomAccess.GetLength(handle)) is ImageVerdict.Sound { Facts: { } facts }
                ? new SourceImage(new PixelSize(facts.Width, facts.Height), new PixelSize(facts.TileWidth, facts.TileHeight), Look: LookOf(handle))
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // The last byte of the last tile, before the marker that ends the file.
    private static byte LookOf(SafeFileHandle handle)
    {
        var look = new byte[1];
        RandomAccess.Read(handle, look, RandomAccess.GetLength(handle) - 3);
        return look[0];
    }

    // To a file system one slash is as good as two; to the caches it isn't.
    private static string Path(string identifier) => identifier.TrimStart('/');
}
