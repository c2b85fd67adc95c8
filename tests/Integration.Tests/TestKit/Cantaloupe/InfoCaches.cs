using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>Where a node finds an image's dimensions: its heap, then the derivative cache, then the file; what it finds it keeps for ever.</summary>
internal sealed class InfoCaches(SourceFiles files, DerivativeCache derivatives, bool heapIsOn)
{
    private readonly ConcurrentDictionary<string, SourceImage> _heap = new();

    /// <summary>Whether tasks that should empty the heap leave it as it is.</summary>
    public bool HeapSurvives { get; set; }

    public IReadOnlyList<string> Heap => [.. _heap.Keys.Order(StringComparer.Ordinal)];

    /// <param name="cache">The query argument of that name.</param>
    public SourceImage? Find(string identifier, string? cache) => cache switch
    {
        "false" or "nocache" => files.Find(identifier),
        "recache" => Kept(identifier, files.Find(identifier), inHeap: false),
        _ => _heap.GetValueOrDefault(identifier) ?? Kept(identifier, derivatives.Info(identifier) ?? files.Find(identifier), inHeap: heapIsOn),
    };

    /// <summary>As <see cref="Find"/> would, and nothing is kept.</summary>
    public SourceImage? Peek(string identifier) =>
        _heap.GetValueOrDefault(identifier) ?? derivatives.Info(identifier) ?? files.Find(identifier);

    public void PurgeHeap(string identifier)
    {
        if (!HeapSurvives)
            _heap.TryRemove(identifier, out _);
    }

    public void PurgeHeap()
    {
        if (!HeapSurvives)
            _heap.Clear();
    }

    private SourceImage? Kept(string identifier, SourceImage? image, bool inHeap)
    {
        if (image is null)
            return null;
        derivatives.PutInfo(identifier, image);
        if (inHeap)
            _heap[identifier] = image;
        return image;
    }
}
