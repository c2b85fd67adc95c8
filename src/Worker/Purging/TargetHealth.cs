using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Purging.Targets;

namespace Understudy.Purging;

/// <summary>How the caches take what they are told, by the purges that wait for them.</summary>
internal sealed class TargetHealth(NpgsqlDataSource catalogue, PurgeTargets targets)
{
    /// <returns>Every target as of now, and such that are none any more and still owe something.</returns>
    public async Task<IReadOnlyList<TargetHealthView>> ViewAsync(CancellationToken cancel)
    {
        var views = targets.Current.ToDictionary(t => t.Name, t => new TargetHealthView(t.Name, 0, 0, null));
        await using var command = catalogue.CreateCommand(Sql.Named("Purging.Health"));
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var name = row.GetString(0);
            if (row.GetInt64(1) > 0)
                views[name] = new TargetHealthView(name, row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3));
        }

        return [.. views.Values];
    }
}
