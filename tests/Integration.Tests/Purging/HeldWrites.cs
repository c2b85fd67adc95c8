using Dapper;
using Npgsql;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Purging;

/// <summary>Stops one transaction that changes plans or purges just before it commits, so that whoever is at it can be killed there.</summary>
internal sealed class HeldWrites : IAsyncDisposable
{
    private const string Schema = """
        create table held_at (number bigint);
        create sequence write_number;
        create function hold_write() returns trigger language plpgsql as $$
        begin
          -- Once a transaction.
          if current_setting('test.write', true) is distinct from txid_current()::text then
            perform set_config('test.write', txid_current()::text, false);
            if nextval('write_number') = (select number from held_at) then
              perform pg_advisory_xact_lock_shared(4711);
            end if;
          end if;
          return null;
        end $$;
        create trigger hold_plan after insert or update or delete on plan for each row execute function hold_write();
        create trigger hold_purge after insert or update or delete on purge for each row execute function hold_write();
        """;

    private readonly NpgsqlConnection _connection;

    private HeldWrites(NpgsqlConnection connection) => _connection = connection;

    /// <param name="catalogue">That has its tables.</param>
    public static async Task<HeldWrites> StartAsync(string catalogue)
    {
        var connection = new NpgsqlConnection(catalogue);
        await connection.OpenAsync();
        await connection.ExecuteAsync(Schema);
        return new HeldWrites(connection);
    }

    /// <param name="number">Of the transaction, from 1, from now on.</param>
    public Task HoldAsync(int number) => _connection.ExecuteAsync(
        "select pg_advisory_lock(4711); alter sequence write_number restart; delete from held_at; insert into held_at values (@number)", new { number });

    /// <returns>The held transaction's process; null: none is held.</returns>
    public Task<int?> HeldAsync() => _connection.ExecuteScalarAsync<int?>("select pid from pg_locks where locktype = 'advisory' and objid = 4711 and not granted and database = (select oid from pg_database where datname = current_database()) limit 1");

    /// <param name="commits">The held transaction commits, though nobody is there any more to hear that; else it is as if it had never been.</param>
    public async Task ReleaseAsync(bool commits)
    {
        var pid = await HeldAsync();
        await _connection.ExecuteAsync("delete from held_at");
        if (pid is not null && !commits)
        {
            await _connection.ExecuteAsync("select pg_terminate_backend(@pid)", new { pid });
            await Eventually.TrueAsync(async () => await HeldAsync() is null, "it is gone");
        }

        await _connection.ExecuteAsync("select pg_advisory_unlock(4711)");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
