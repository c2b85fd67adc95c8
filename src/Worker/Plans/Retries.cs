using Npgsql;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Plans;

/// <summary>Plans that an operator wants tried again now.</summary>
internal sealed class Retries(NpgsqlDataSource catalogue, Wake wake)
{
    /// <returns>Whether the asset has a plan. One that is at work already just goes on.</returns>
    public async Task<bool> RetryAsync(AssetId id, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand(Sql.Named("Plans.Retry"));
        command.Parameters.Add(new NpgsqlParameter<string>("id", id.ToString()));
        var exists = await command.ExecuteScalarAsync(cancel) is not null;
        wake.PlansAreDue();
        return exists;
    }
}
