using System.Globalization;

namespace Understudy.Catalogue.Private;

/// <summary>
/// Makes the private server's folders with the right owner. The cluster itself is made beside its place and renamed into it, so that one which was cut
/// off in the making is never taken for a cluster.
/// </summary>
internal sealed class ClusterFolders(Cluster cluster, PostgresAccount account, PostgresBinaries binaries)
{
    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (cluster.Major() is null)
            await MakeClusterAsync(cancel);
        else if (await StatAsync("%u", cluster.Data, cancel) is var owner && owner != account.Uid.ToString(CultureInfo.InvariantCulture))
            throw new StartRefusedException(
                $"{cluster.Data} belongs to the user with id {owner}, and PostgreSQL would run as {account.Uid}: start the worker as the user that it ran as before, or chown -R {account.Uid} {cluster.Data} {cluster.Log}");
        await MakeSocketFolderAsync(cancel);
        await WriteSettingsAsync(cancel);
        if (!File.Exists(cluster.Log))
            await RunAsync("install", ["-m", "0640", .. account.Ownership, "--", "/dev/null", cluster.Log], user: null, cancel);
    }

    private async Task MakeClusterAsync(CancellationToken cancel)
    {
        foreach (var left in cluster.OldScratches())
            Directory.Delete(left, recursive: true);
        var scratch = cluster.NewScratch();
        await MakeFolderAsync(scratch, cancel);
        string[] arguments =
        [
            "-D", scratch, "-U", PrivatePostgres.User, "--auth-local=trust", "--auth-host=reject", "--no-locale", "-E", "UTF8", "--data-checksums",
        ];
        await RunAsync(binaries.InitDb, arguments, account.SwitchTo, cancel);
        await File.AppendAllTextAsync(Path.Combine(scratch, "postgresql.conf"), $"include '{Path.GetFileName(cluster.Settings)}'\n", cancel);
        Directory.Move(scratch, cluster.Data);
        // The whole file system, because .NET has no flush for a folder: the name has to survive what is committed in it.
        await RunAsync("sync", ["-f", cluster.Data], user: null, cancel);
    }

    /// <summary>Below /tmp anyone could have made the folder first: there it is made by the server's user, and one that is there already is looked at.</summary>
    private async Task MakeSocketFolderAsync(CancellationToken cancel)
    {
        if (cluster.SocketIsNearby)
        {
            await MakeFolderAsync(cluster.SocketFolder, cancel);
            return;
        }
        var made = await Command.RunAsync("mkdir", ["-m", "0700", "--", cluster.SocketFolder], account.SwitchTo, cancel);
        var wanted = $"directory {account.Uid} 700";
        if (!made.Succeeded && await StatAsync("%F %u %a", cluster.SocketFolder, cancel) is var found && found != wanted)
            throw new StartRefusedException($"{cluster.SocketFolder}, for PostgreSQL's socket, is '{found}' and not '{wanted}': remove it, or choose a DataDirectory with a shorter path");
    }

    /// <summary>Written at each start, because they name places; in a file, because no shell then has a word in how a path is quoted.</summary>
    private async Task WriteSettingsAsync(CancellationToken cancel)
    {
        await File.WriteAllTextAsync(cluster.Settings, $"""
            # Written by the worker at each of its starts.
            listen_addresses = ''
            unix_socket_directories = {Quote(cluster.SocketFolder)}
            unix_socket_permissions = 0700
            cluster_name = {Quote(cluster.Name)}
            max_connections = 100
            fsync = on
            synchronous_commit = on
            full_page_writes = on
            # No replica reads from it.
            wal_level = minimal
            max_wal_senders = 0
            # Short statements on a disk without a moving head.
            jit = off
            random_page_cost = 1.1
            log_line_prefix = '%m [%p] '
            log_timezone = 'UTC'
            timezone = 'UTC'
            lc_messages = 'C'
            log_min_duration_statement = '1s'

            """, cancel);
        // The server's user reads what root wrote, whatever the umask.
        await RunAsync("chmod", ["0644", "--", cluster.Settings], user: null, cancel);
    }

    private static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private Task MakeFolderAsync(string folder, CancellationToken cancel) =>
        RunAsync("install", ["-d", "-m", "0700", .. account.Ownership, "--", folder], user: null, cancel);

    private static async Task<string> StatAsync(string format, string path, CancellationToken cancel) =>
        (await Command.RunAsync("stat", ["-c", format, "--", path], user: null, cancel)).Output.Trim();

    private static async Task RunAsync(string file, IEnumerable<string> arguments, string? user, CancellationToken cancel)
    {
        var done = await Command.RunAsync(file, arguments, user, cancel);
        if (!done.Succeeded)
            throw new StartRefusedException($"the private PostgreSQL can't be set up: {Path.GetFileName(file)}: {done.Complaint}");
    }
}
