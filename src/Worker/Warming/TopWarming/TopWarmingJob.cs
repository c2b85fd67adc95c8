using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Schedules;
using Understudy.Warming.Bulk;

namespace Understudy.Warming.TopWarming;

/// <summary>Has the copies that are used most warmed where they aren't, before the day begins: as a bulk warming, at its pace and behind all else.</summary>
internal sealed class TopWarmingJob(NpgsqlDataSource catalogue, BulkWarmings warmings, WarmingOptions options) : IJob
{
    public const string JobName = "warm-top";

    public string Name => JobName;

    public string DefaultCron => "0 5 * * *";

    public string Description => "Begins a bulk warming of the copies that are used most (Warming:Top)";

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        var by = $"job {Name}";
        if ((await warmings.ListAsync(null, 100, cancel)).FirstOrDefault(w => w.RequestedBy == by && w.EndedAt is null && w.CancelledAt is null) is { } former)
            return new JobOutcome.Done($"warming {former.Id} of {former.CreatedAt:yyyy-MM-dd} is still under way");
        var top = await TopAsync(cancel);
        if (top.Count == 0)
            return new JobOutcome.Done("no copy was used yet");
        var id = await warmings.BeginAsync(new WarmingRequest(Ids: top, OnlyCold: true), by, cancel);
        return new JobOutcome.Done($"warming {id} of the {top.Count} copies that are used most has begun");
    }

    private async Task<IReadOnlyList<AssetId>> TopAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Warming.TopWarming.Top"));
        // Reads all assets that were ever used, once a day.
        command.CommandTimeout = 300;
        command.Parameters.AddWithValue("top", options.Top);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var ids = new List<AssetId>();
        while (await row.ReadAsync(cancel))
            ids.Add(AssetId.Parse(row.GetString(0)));
        return ids;
    }
}
