using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying.Store;

namespace Understudy.Copying;

/// <summary>
/// Holds store and catalogue together: both know the store's id. A mount point without its mount looks like an empty store; taking
/// it for one would declare every copy lost, and fill the disk below it.
/// </summary>
internal sealed partial class StoreIdentity(NpgsqlDataSource catalogue, StorageOptions options, TimeProvider time, ILogger<StoreIdentity> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await CompareAsync(cancel);
                return;
            }
            catch (NpgsqlException e) when (e.MayPass())
            {
                // It was there a moment ago, for the migrations.
                LogWaiting(e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancel);
            }
        }
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <exception cref="StartRefusedException">The folder isn't the catalogue's store, or isn't mounted.</exception>
    public async Task CompareAsync(CancellationToken cancel)
    {
        var file = Path.Combine(options.Root!, ReservedFolders.Name, "store-id");
        var known = await KnownAsync(cancel);
        var found = File.Exists(file) ? Read(file) : (Guid?)null;
        if (found is null && known is null)
        {
            Write(file, Guid.NewGuid());
            found = Read(file);
        }

        if (known is null)
            known = await RememberAsync(found!.Value, cancel);
        if (known != found)
            throw new StartRefusedException(
                $"Storage:Root {options.Root} {(found is null ? "has no store id" : $"is store {found}")}, but the catalogue belongs to store {known}: is the volume mounted? "
                + $"If this is that store in a new place, write {known} into {file}");
    }

    private static Guid Read(string file) =>
        Guid.TryParse(File.ReadAllText(file).Trim(), out var id) ? id : throw new StartRefusedException($"{file} holds no store id");

    private static void Write(string file, Guid id)
    {
        // Created whole or not at all; another worker that starts at the same moment may be first.
        var temporary = $"{file}.{id:N}";
        File.WriteAllText(temporary, $"{id}\n");
        try
        {
            File.Move(temporary, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(temporary);
        }
    }

    private async Task<Guid?> KnownAsync(CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("select id from store");
        return await command.ExecuteScalarAsync(cancel) as Guid?;
    }

    /// <returns>The id that stands in the catalogue now; another worker's, where that was first.</returns>
    private async Task<Guid> RememberAsync(Guid id, CancellationToken cancel)
    {
        await using var command = catalogue.CreateCommand("update store set id = coalesce(id, @id) returning id");
        command.Parameters.AddWithValue("id", id);
        return (Guid)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalogue can't be reached to ask for the store's id, trying again: {Reason}")]
    private partial void LogWaiting(string reason);
}
