using Understudy.Contracts;
using Understudy.Dlcs;
using Understudy.Intake.Understanding;

namespace Understudy.Intake.Queues;

/// <summary>What DLCS says of assets, held against its own database where that is known: the queue may deliver old news.</summary>
internal sealed class DlcsMessages(IntakeQueue intake, DlcsDatabase? database = null)
{
    private const int Page = 1000;

    /// <summary>Without deletions of assets that DLCS has (again): their re-creation overtook them.</summary>
    public async Task<IReadOnlyList<AssetEvent>> CheckAsync(Understood.Events said, CancellationToken cancel)
    {
        if (database is null || !said.FromDlcs || said.Happened.OfType<AssetDeleted>().Select(d => d.Id).ToArray() is not { Length: > 0 } deleted)
            return said.Happened;
        var existing = await database.ExistingAsync(deleted, cancel);
        return [.. said.Happened.Where(e => e is not AssetDeleted || !existing.Contains(e.Id))];
    }

    /// <summary>Takes every asset of a batch that is ingested now.</summary>
    /// <returns>How many; null where there is no database to ask.</returns>
    public async Task<int?> AcceptAsync(Understood.BatchCompleted batch, CancellationToken cancel)
    {
        if (database is null)
            return null;
        var assets = 0;
        await foreach (var page in database.BatchAsync(batch.Customer, batch.Batch, cancel).Chunk(Page).WithCancellation(cancel))
            assets += await intake.AcceptAsync([.. page.Select(p => new AssetIngested { Id = p.Id, Source = p.S3, At = batch.At })], cancel);
        return assets;
    }
}
