using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Crash;

/// <summary>
/// A folder for everything that a run starts, and the end of it all: when the run is over, or the test host dies, every process whose command line
/// names the folder is killed (workers, postmasters, both as children of nobody after a crash), then the folder is deleted.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private const string Script = """
        set -u
        folder=$(mktemp -d /tmp/understudy-crash.XXXXXX)
        chmod 755 "$folder"
        echo "ready $folder"
        cat >/dev/null
        for try in $(seq 50); do
            found=
            for process in /proc/[0-9]*; do
                case $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null) in
                    *"$folder"/*) found=yes; kill -9 "${process#/proc/}" 2>/dev/null ;;
                esac
            done
            [ -n "$found" ] || break
            sleep 0.1
        done
        [ -e "$folder/keep" ] || rm -rf "$folder"
        """;

    private readonly ChildScript _script;

    private Reaper(ChildScript script) => _script = script;

    public string Folder => _script.Ready[0];

    public static async Task<Reaper> StartAsync() => new(await ChildScript.StartAsync(user: null, "sh", "-c", Script));

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    /// <summary>Leaves the folder, its logs and its store, to be looked at.</summary>
    public void Keep() => File.WriteAllText(Path.Combine(Folder, "keep"), "");

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
