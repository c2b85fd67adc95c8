using System.Diagnostics;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using static Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Files as sources: only below the roots, only files, and never half of two versions.</summary>
public sealed class FileSourceTests(PostgresServer postgres)
{
    private static readonly byte[] Jp2 = SyntheticJp2.Bytes(500_000, seed: 1);

    [Fact]
    public async Task Missing_file_is_gone()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await File.WriteAllBytesAsync(Path.Combine(world.Files, "a"), Jp2);

        await world.AssertDeadAsync(await CopyAsync(world, "foo"), SourceGone, "there is no file");
        await world.AssertDeadAsync(await CopyAsync(world, "a/foo"), SourceGone, "there is no file");
        await world.AssertDeadAsync(await CopyAsync(world, new string('x', 300)), BadSource, "ENAMETOOLONG");
    }

    [Fact]
    public async Task Empty_file_is_refused()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        await File.WriteAllBytesAsync(Path.Combine(world.Files, "foo"), []);

        await world.AssertDeadAsync(await CopyAsync(world, "foo"), BadSource, "is empty");
    }

    [Theory]
    [InlineData("fifo", "neither a file nor a folder")]
    [InlineData("folder", "is a folder")]
    [InlineData("link to itself", "ELOOP")]
    [InlineData("device", "not below")]
    public async Task What_is_no_file_is_refused_and_not_waited_for(string what, string reason)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var path = Path.Combine(world.Files, "foo");
        switch (what)
        {
            case "fifo":
                using (var made = Process.Start("mkfifo", path))
                    await made.WaitForExitAsync();
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                File.CreateSymbolicLink(path, path);
                break;
        }

        await world.AssertDeadAsync(await CopyAsync(world, "foo"), BadSource, reason);
    }

    [Fact]
    public async Task File_that_may_not_be_read_is_refused()
    {
        // The kernel refuses this one to root as well: it can only be written.
        const string Unreadable = "/proc/sys/vm/compact_memory";
        Assert.SkipUnless(File.Exists(Unreadable), $"there is no {Unreadable} here");
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:FileRoots:1=/proc/sys");

        var view = await world.Worker.CopyAsync(CopyWorld.Id, $"file://{Unreadable}");

        await world.AssertDeadAsync(view, BadSource, "can't be read");
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("dots")]
    [InlineData("escaped dots")]
    [InlineData("link")]
    [InlineData("link above")]
    [InlineData("root's twin")]
    public async Task File_outside_the_roots_is_refused(string way)
    {
        using var outside = new TempFolder();
        await File.WriteAllBytesAsync(Path.Combine(outside.Path, "foo"), Jp2);
        await using var world = await CopyWorld.StartAsync(postgres);
        File.CreateSymbolicLink(Path.Combine(world.Files, "link"), Path.Combine(outside.Path, "foo"));
        Directory.CreateSymbolicLink(Path.Combine(world.Files, "folder"), outside.Path);
        Directory.CreateDirectory(world.Files + "2");
        await File.WriteAllBytesAsync(world.Files + "2/foo", Jp2);
        var up = Path.GetRelativePath(world.Files, outside.Path);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, way switch
        {
            "absolute" => $"file://{outside.Path}/foo",
            "dots" => $"file://{world.Files}/{up}/foo",
            "escaped dots" => $"file://{world.Files}/{up.Replace("..", "%2e%2e", StringComparison.Ordinal)}/foo",
            "link" => $"file://{world.Files}/link",
            "link above" => $"file://{world.Files}/folder/foo",
            _ => $"file://{world.Files}2/foo",
        });

        await world.AssertDeadAsync(view, BadSource, "Sources:FileRoots");
        Assert.False(world.IsStored(CopyWorld.Id));
    }

    [Theory]
    [InlineData("the root")]
    [InlineData("above the root")]
    [InlineData("within the root")]
    public async Task Links_that_stay_inside_are_followed(string where)
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var real = Directory.CreateDirectory(Path.Combine(world.Files, "volume/images")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(real, "foo"), Jp2);
        var links = Directory.CreateDirectory(Path.Combine(world.Files, "links")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(links, "root"), real);
        Directory.CreateSymbolicLink(Path.Combine(links, "above"), Path.Combine(world.Files, "volume"));
        File.CreateSymbolicLink(Path.Combine(real, "bar"), "./foo");
        var (root, name) = where switch
        {
            "the root" => ($"{links}/root/", "foo"),
            "above the root" => ($"{links}/above/images", "foo"),
            _ => (real, "bar"),
        };
        var worker = await world.AddWorkerAsync($"Sources:FileRoots:0={root}");

        await world.AssertCopiedAsync(Jp2, await worker.CopyAsync(CopyWorld.Id, $"file://{root}/{name}"));
    }

    [Fact]
    public async Task Template_cannot_lead_out_of_the_root()
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        await File.WriteAllBytesAsync(Path.Combine(world.Files, "secret"), Jp2);
        Directory.CreateDirectory(Path.Combine(world.Files, "in"));
        var worker = await world.AddWorkerAsync($"Sources:FileRoots:0={world.Files}/in", $"Sources:Template=file://{world.Files}/in/{{asset}}");

        await world.AssertDeadAsync(await worker.CopyAsync(AssetId.Parse("2/5/..%2Fsecret"), source: null), SourceGone, "there is no file");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(500_000)]
    public async Task File_that_is_rewritten_in_place_while_it_is_copied_arrives_in_its_new_version(int size)
    {
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var path = Path.Combine(world.Files, "foo");
        await File.WriteAllBytesAsync(path, SyntheticJp2.Bytes(size, seed: 1));
        var next = SyntheticJp2.Bytes(size, seed: 2);
        // The room is set aside after the file was opened, and before it is read to its end.
        var worker = await world.AddWorkerAsync("Storage:MaxBytes=1 GiB");
        await using var held = await HoldAsync(world);

        await worker.IngestAsync(CopyWorld.Id, $"file://{path}");
        await Eventually.TrueAsync(() => worker.QueryAsync<bool>("select exists (select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database())"), "waiting for room");
        await using (var rewriting = new FileStream(path, FileMode.Open, FileAccess.Write))
            await rewriting.WriteAsync(next);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        await held.DisposeAsync();

        await world.AssertCopiedAsync(next, await worker.SettledAsync(CopyWorld.Id));
        Assert.Contains(worker.Log, l => l.Contains("changed while it was copied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_that_was_rewritten_and_given_its_old_time_back_is_another_version()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var path = Path.Combine(world.Files, "foo");
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        await File.WriteAllBytesAsync(path, Jp2);
        File.SetLastWriteTimeUtc(path, time);
        await CopyAsync(world, "foo");

        var next = SyntheticJp2.Bytes(Jp2.Length, seed: 2);
        await File.WriteAllBytesAsync(path, next);
        File.SetLastWriteTimeUtc(path, time);

        await world.AssertCopiedAsync(next, await CopyAsync(world, "foo"));
    }

    private static Task<AssetView> CopyAsync(CopyWorld world, string name) => world.Worker.CopyAsync(CopyWorld.Id, $"file://{world.Files}/{name}");

    // Whoever reserves waits for the store's one row.
    private static async Task<IAsyncDisposable> HoldAsync(CopyWorld world)
    {
        var connection = new Npgsql.NpgsqlConnection(world.Catalogue);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("begin; select * from store for update", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
