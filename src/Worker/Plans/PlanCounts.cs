using Dapper;
using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>How many plans there are, by lane and state.</summary>
internal sealed class PlanCounts(NpgsqlDataSource catalogue)
{
    public async Task<IReadOnlyList<PlanCount>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<(short Lane, string State, long Plans, DateTime Oldest, double Seconds)>(new(Sql.Named("Plans.CountPlans"), cancellationToken: cancel));
        return [.. rows.Select(r => new PlanCount((Lane)r.Lane, Enum.Parse<AssetState>(r.State, ignoreCase: true), r.Plans, r.Oldest))];
    }
}
