using System.Globalization;

namespace Understudy.Catalogue.Private;

/// <summary>Installed server programs of one major version.</summary>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    public const string NotInstalled = "PostgreSQL is not installed: apt-get install postgresql, or set ConnectionStrings:Catalogue";

    // Debian keeps server programs off the PATH, one folder a major version.
    private const string DebianRoot = "/usr/lib/postgresql";

    public string InitDb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>The programs in <paramref name="configured"/>, or else the newest ones; those of <paramref name="major"/> where a cluster of that version exists already.</summary>
    /// <exception cref="StartRefusedException">There are none.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? configured = null, int? major = null, CancellationToken cancel = default)
    {
        if (configured is not null && !HasServer(configured))
            throw new StartRefusedException($"Catalogue:PostgresBinaries is {configured}, which has no initdb, pg_ctl and postgres");

        var found = new List<PostgresBinaries>();
        foreach (var folder in configured is not null ? [configured] : await CandidatesAsync(cancel))
            if (HasServer(folder) && await MajorAsync(folder, cancel) is { } version)
                found.Add(new(folder, version));

        if (found.Count == 0)
            throw new StartRefusedException(NotInstalled);
        return major is null
            ? found.MaxBy(b => b.Major)!
            : found.Find(b => b.Major == major) ?? throw new StartRefusedException(
                $"the catalogue was made by PostgreSQL {major}, installed is {string.Join(", ", found.Select(b => b.Major))}: apt-get install postgresql-{major}, or upgrade it with pg_upgrade");
    }

    private static async Task<IEnumerable<string>> CandidatesAsync(CancellationToken cancel)
    {
        var debian = Directory.Exists(DebianRoot) ? Directory.GetDirectories(DebianRoot).Select(d => Path.Combine(d, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var config = path.Select(p => Path.Combine(p, "pg_config")).FirstOrDefault(File.Exists);
        string[] told = config is null ? [] : [(await Command.RunAsync(config, ["--bindir"], user: null, cancel)).Output.Trim()];
        return debian.Concat(told).Concat(path).Distinct();
    }

    private static bool HasServer(string folder) =>
        ((string[])["initdb", "pg_ctl", "postgres"]).All(name => File.Exists(Path.Combine(folder, name)));

    // "pg_ctl (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "… 18beta1"
    private static async Task<int?> MajorAsync(string folder, CancellationToken cancel)
    {
        var said = (await Command.RunAsync(Path.Combine(folder, "pg_ctl"), ["--version"], user: null, cancel)).Output;
        var version = said.Split(' ').ElementAtOrDefault(2)?.TakeWhile(char.IsAsciiDigit).ToArray();
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
    }
}
