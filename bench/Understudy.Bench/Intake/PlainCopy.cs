using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>What the same PostgreSQL takes at best: a row for each message by COPY into a table with nothing but a key, as many rows a commit.</summary>
internal sealed class PlainCopy(Workers all) : IWay
{
    public const string Title = "PostgreSQL, COPY";

    public string Name => Title;

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        await using (var create = all.Catalogue.CreateCommand(
            "drop table if exists plain; create table plain (n bigint primary key, id text not null, customer int not null, space int not null, source text, at timestamptz not null)"))
            await create.ExecuteNonQueryAsync(cancel);

        var now = TimeProvider.System.GetUtcNow();
        var (cpu, catalogueCpu) = (Environment.CpuUsage.TotalTime, all.CatalogueCpuSeconds);
        var started = Stopwatch.GetTimestamp();
        await using var connection = await all.Catalogue.OpenConnectionAsync(cancel);
        foreach (var events in set.Events.Index().Chunk(CatalogueRows.Batch))
            await CopyAsync(connection, events, now, cancel);
        return new IntakeSample(
            Stopwatch.GetElapsedTime(started).TotalSeconds, null, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, all.CatalogueCpuSeconds - catalogueCpu, null);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, (int Index, AssetEvent Item)[] events, DateTimeOffset now, CancellationToken cancel)
    {
        await using var rows = await connection.BeginBinaryImportAsync("copy plain from stdin (format binary)", cancel);
        foreach (var (n, e) in events)
        {
            await rows.StartRowAsync(cancel);
            await rows.WriteAsync((long)n, NpgsqlDbType.Bigint, cancel);
            await rows.WriteAsync(e.Id.ToString(), NpgsqlDbType.Text, cancel);
            await rows.WriteAsync(e.Id.Customer, NpgsqlDbType.Integer, cancel);
            await rows.WriteAsync(e.Id.Space, NpgsqlDbType.Integer, cancel);
            if (e is AssetIngested { Source: { } source })
                await rows.WriteAsync(source, NpgsqlDbType.Text, cancel);
            else
                await rows.WriteNullAsync(cancel);
            await rows.WriteAsync(now, NpgsqlDbType.TimestampTz, cancel);
        }

        await rows.CompleteAsync(cancel);
    }
}
