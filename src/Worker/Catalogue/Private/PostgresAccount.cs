using System.Globalization;

namespace Understudy.Catalogue.Private;

/// <summary>The user that the private server runs as: the worker's own, except under root, which PostgreSQL refuses.</summary>
/// <param name="SwitchTo">The name to give to a started process; null: nothing to switch.</param>
internal sealed record PostgresAccount(string? SwitchTo, uint Uid)
{
    public static async Task<PostgresAccount> FindAsync(CancellationToken cancel = default)
    {
        if (Environment.IsPrivilegedProcess)
            return await UidAsync("postgres", cancel) is { } uid
                ? new("postgres", uid)
                : throw new StartRefusedException(
                    "the worker runs as root, PostgreSQL does not, and there is no user postgres: make one, run the worker as another user, or set ConnectionStrings:Catalogue");
        return new(null, await UidAsync(null, cancel) ?? throw new StartRefusedException("id -u does not say who the worker runs as"));
    }

    /// <summary>Refuses a folder that this user can't reach.</summary>
    public async Task RequireTraversableAsync(string folder, CancellationToken cancel)
    {
        if (SwitchTo is null || await CanEnterAsync(folder, cancel))
            return;
        var closed = folder;
        for (var up = Path.GetDirectoryName(folder); up is not null && !await CanEnterAsync(up, cancel); up = Path.GetDirectoryName(up))
            closed = up;
        throw new StartRefusedException(
            $"DataDirectory is {folder}, but user {SwitchTo}, which runs PostgreSQL, can't enter {closed}: chmod o+x {closed}, or choose another DataDirectory");
    }

    /// <summary>Makes a folder that only this user (and root) can enter, below one that the worker owns.</summary>
    public async Task MakeFolderAsync(string folder, CancellationToken cancel)
    {
        string[] owner = SwitchTo is null ? [] : ["-o", SwitchTo];
        var made = await Command.RunAsync("install", ["-d", "-m", "0700", .. owner, "--", folder], user: null, cancel);
        if (!made.Succeeded)
            throw new StartRefusedException($"{folder} can't be made: {made.Complaint}");
    }

    private Task<bool> CanEnterAsync(string folder, CancellationToken cancel) => TestAsync(["-x", folder], cancel);

    private async Task<bool> TestAsync(string[] test, CancellationToken cancel) => (await Command.RunAsync("test", test, SwitchTo, cancel)).Succeeded;

    private static async Task<uint?> UidAsync(string? name, CancellationToken cancel)
    {
        var id = await Command.RunAsync("id", name is null ? ["-u"] : ["-u", name], user: null, cancel);
        return id.Succeeded && uint.TryParse(id.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null;
    }
}
