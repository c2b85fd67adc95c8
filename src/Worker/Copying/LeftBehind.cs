using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What fenced attempts had fetched of the version that is wanted now; what they had of others is freed.</summary>
internal sealed class LeftBehind : IDisposable
{
    private readonly StoreFolder _store;
    private readonly Attempt _attempt;
    private readonly List<Salvage> _salvages = [];

    public LeftBehind(StoreFolder store, Attempt attempt, SourceVersion version)
    {
        (_store, _attempt) = (store, attempt);
        foreach (var former in attempt.Formers)
        {
            if (store.OpenSalvage(former, version.ETag) is { } salvage)
                _salvages.Add(salvage);
            else
                store.DropSalvage(former);
        }
    }

    /// <summary>What it takes up on the disk.</summary>
    public long Bytes => _salvages.Sum(s => s.Length);

    public IEnumerable<(Salvage Salvage, PartRecord Record)> Parts => _salvages.SelectMany(s => s.Parts, (s, part) => (s, part));

    /// <summary>Frees the room; nothing of it is needed any more.</summary>
    public void Drop()
    {
        Dispose();
        Fencing.Drop(_store, _attempt);
    }

    public void Dispose()
    {
        _salvages.ForEach(s => s.Dispose());
        _salvages.Clear();
    }
}
