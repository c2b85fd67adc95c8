using Dapper;
using Npgsql;
using Understudy.Contracts;

namespace Understudy.Scavenging.Evicting;

/// <summary>What has to stay: assets, spaces, customers.</summary>
internal sealed class Pins(NpgsqlDataSource catalogue)
{
    public async Task<IReadOnlyList<PinView>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        var pins = await connection.QueryAsync<(string Scope, DateTime? Until, string? By, string? Why, DateTime At)>(new(
            "select scope, until, pinned_by, why, pinned_at from pin where coalesce(until, 'infinity') > now() order by scope collate \"C\"", cancellationToken: cancel));
        return [.. pins.Select(p => new PinView(p.Scope, p.Until, p.By, p.Why, p.At))];
    }

    public async Task PinAsync(string scope, PinRequest request, string? by, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new(
            """
            insert into pin (scope, until, pinned_by, why) values (@scope, @until, @by, @why)
            on conflict (scope) do update set until = excluded.until, pinned_by = excluded.pinned_by, why = excluded.why, pinned_at = now()
            """,
            new { scope, until = request.Until?.UtcDateTime, by, why = request.Reason }, cancellationToken: cancel));
    }

    /// <returns>false: it wasn't pinned.</returns>
    public async Task<bool> UnpinAsync(string scope, CancellationToken cancel)
    {
        await using var connection = await catalogue.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new("delete from pin where scope = @scope", new { scope }, cancellationToken: cancel)) > 0;
    }
}
