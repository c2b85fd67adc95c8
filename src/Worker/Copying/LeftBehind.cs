using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What fenced attempts had fetched of the version that is wanted now.</summary>
internal sealed class LeftBehind : IDisposable
{
    private readonly StoreFolder _store;
    private readonly IReadOnlyList<Guid> _formers;
    private readonly List<Salvage> _salvages = [];

    public LeftBehind(StoreFolder store, IReadOnlyList<Guid> formers, SourceVersion version)
    {
        (_store, _formers) = (store, formers);
        foreach (var former in formers)
        {
            if (store.OpenSalvage(former, version.ETag) is { } salvage)
                _salvages.Add(salvage);
            else
                store.DropSalvage(former);
        }
    }

    public long Bytes => Parts.Sum(p => (long)p.Record.Length);

    public IEnumerable<(Salvage Salvage, PartRecord Record)> Parts => _salvages.SelectMany(s => s.Parts, (s, part) => (s, part));

    /// <summary>Frees the room; nothing of it is needed any more.</summary>
    public void Drop()
    {
        foreach (var former in _formers)
            _store.DropSalvage(former);
    }

    public void Dispose() => _salvages.ForEach(s => s.Dispose());
}
