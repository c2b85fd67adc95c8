using System.ComponentModel.DataAnnotations;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Scavenging;

/// <summary>Section <c>Scavenging</c>: how room is made in the store, and in Cantaloupe's cache folders. When it is made in the store says section <c>Storage</c>.</summary>
internal sealed class ScavengingOptions : ICheckedOptions
{
    public const string Section = "Scavenging";

    /// <summary>Whether copies are evicted at all; else copies that don't fit wait until somebody removes some.</summary>
    public bool Evicts { get; set; } = true;

    /// <summary>Files that a worker takes out of the store at once, 1 to 64. Few: room comes slowly on a NAS that is far away; many: viewers feel it.</summary>
    [Range(1, 64)]
    public int AtOnce { get; set; } = 8;

    /// <summary>How much customers may hold. Who holds more loses copies first, and only when room is needed.</summary>
    public List<QuotaOptions> Quotas { get; set; } = [];

    /// <summary>Bytes of copies that a run of the job <c>scrub</c> reads again at most. 0: none. A file of its own that is larger is read all the same, alone.</summary>
    public ByteSize ScrubBytes { get; set; } = new(100L << 30);

    /// <summary>
    /// Whether each use is recorded, so that <c>understudy replay --worker</c> can say what another size of the store would do. It takes 7 bytes (under load) to
    /// 125 (one by one) a use in the catalogue.
    /// </summary>
    public bool RecordUses { get; set; } = true;

    /// <summary>Cantaloupe's cache folders that are kept within a budget. Empty: none.</summary>
    public List<CacheFolderOptions> CacheFolders { get; set; } = [];

    public IEnumerable<BrokenRule> Check()
    {
        if (Quotas.GroupBy(q => q.Customer).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
            yield return new(nameof(Quotas), $"must name each customer once; {twice} is there twice");
        for (var i = 0; i < CacheFolders.Count; i++)
        {
            foreach (var broken in CacheFolders[i].Check())
                yield return broken with { Key = $"{nameof(CacheFolders)}:{i}:{broken.Key}" };
            for (var j = 0; j < i; j++)
            {
                if (CacheRoot.Overlap(CacheFolders[i].Root, CacheFolders[j].Root))
                    yield return new($"{nameof(CacheFolders)}:{i}:{nameof(CacheFolderOptions.Root)}", $"must neither contain nor lie in CacheFolders:{j}:Root ({CacheFolders[j].Root})");
            }
        }
    }
}

/// <summary>One customer's share of the store.</summary>
internal sealed class QuotaOptions
{
    [Range(0, int.MaxValue)]
    public int Customer { get; set; }

    /// <summary>Bytes of copies, from 0 up.</summary>
    public ByteSize MaxBytes { get; set; }
}
