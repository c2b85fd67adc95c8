using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Understudy.Catalogue.Private;

/// <summary>The private server's places, all of them a function of the data directory, so that a restarted worker finds what its former self left.</summary>
internal sealed class Cluster
{
    private const string SocketName = ".s.PGSQL.5432";

    // sockaddr_un has room for 107 bytes and a terminator.
    private const int MaxSocketPath = 107;

    private readonly DataDirectory _directory;
    private readonly string _key;

    public Cluster(DataDirectory directory)
    {
        _directory = directory;
        _key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory.Path)))[..12];
        var nearby = directory.File("postgres.socket");
        SocketIsNearby = Encoding.UTF8.GetByteCount(Path.Combine(nearby, SocketName)) <= MaxSocketPath;
        SocketFolder = SocketIsNearby ? nearby : Path.Combine(RuntimeFolder(), Name);
    }

    public string Data => _directory.File("postgres");

    public string Log => _directory.File("postgres.log");

    /// <summary>Also in the title of each of its processes.</summary>
    public string Name => $"understudy-{_key}";

    public string SocketFolder { get; }

    /// <summary>Whether the socket is below the data directory, whose path can be too long for one.</summary>
    public bool SocketIsNearby { get; }

    public string Socket => Path.Combine(SocketFolder, SocketName);

    public string Settings => Path.Combine(Data, "understudy.conf");

    /// <summary>A folder for an initdb that may not come to its end.</summary>
    public string NewScratch() => _directory.File($"postgres.init-{Guid.NewGuid():n}");

    public IEnumerable<string> OldScratches() => Directory.EnumerateDirectories(_directory.Path, "postgres.init-*");

    /// <returns>The major version that made it; null: there is none.</returns>
    public int? Major()
    {
        var file = Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    // Root's own runtime folder is closed to the user that root runs PostgreSQL as.
    private static string RuntimeFolder() =>
        !Environment.IsPrivilegedProcess && Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 and < 60 } folder && Directory.Exists(folder)
            ? folder
            : "/tmp";
}
