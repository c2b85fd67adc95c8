using Npgsql;
using NpgsqlTypes;
using Understudy.Catalogue;
using Understudy.Contracts;

namespace Understudy.Purging;

/// <summary>A purge that somebody asked for.</summary>
/// <param name="Only">Which targets (<see cref="TargetChoice"/>); null: all.</param>
/// <param name="Recopies">The copy is read from its source again first.</param>
/// <param name="Warms">Image servers fill their caches again afterwards.</param>
/// <param name="By">Who asked, and why; for the asset's history.</param>
internal sealed record AskedPurge(IReadOnlyList<string>? Only, bool Recopies, bool Warms, string? By)
{
    public AskedPurge And(AskedPurge later) => new(
        Only is null || later.Only is null ? null : [.. Only.Union(later.Only).Order(StringComparer.Ordinal)], Recopies || later.Recopies, Warms || later.Warms, later.By ?? By);

    /// <param name="bulk">The bulk purge that it is part of.</param>
    /// <returns>The statement that asks for it; answers with the number of assets that are known.</returns>
    public NpgsqlBatchCommand Of(IReadOnlyList<string> ids, Lane lane, Guid? bulk)
    {
        var command = new NpgsqlBatchCommand(Sql.Named("Purging.Ask"));
        command.Parameters.AddWithValue("id", ids as string[] ?? [.. ids]);
        command.Parameters.AddWithValue("lane", (short)lane);
        command.Parameters.Add(new NpgsqlParameter("bulk", NpgsqlDbType.Uuid) { Value = (object?)bulk ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("only", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = (object?)Only?.ToArray() ?? DBNull.Value });
        command.Parameters.AddWithValue("recopy", Recopies);
        command.Parameters.AddWithValue("warms", Warms);
        command.Parameters.Add(new NpgsqlParameter("by", NpgsqlDbType.Text) { Value = (object?)By ?? DBNull.Value });
        return command;
    }

    /// <param name="who">The key's name.</param>
    public static string? Signed(string? who, string? why) => who is null ? why : why is null ? who : $"{who}: {why}";
}
