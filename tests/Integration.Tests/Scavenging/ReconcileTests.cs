using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;
using Understudy.Scavenging.Reconciling;
using Understudy.Schedules;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Scavenging;

/// <summary>A store and a catalogue that somebody brought out of step.</summary>
public sealed class ReconcileTests(PostgresServer postgres)
{
    private const int Bytes = 5000;
    private const string DlcsPaths = "Storage:PathTemplate={customer}/{space}/{image-dir}/{image}.jp2";

    [Fact]
    public async Task Whole_files_of_a_site_that_dlcs_filled_are_adopted()
    {
        await using var world = await CopyWorld.StartAsync(postgres, DlcsPaths);
        Fill(world, "2/5/foo/foo.jp2");
        Fill(world, "2/5/ms/-a/dd/-1/ms-add-12345/ms-add-12345.jp2", seed: 2);
        Fill(world, "2/5-/odd/odd.jp2");

        var note = await RunAsync(world);

        Assert.Contains("3 files: 0 known, 2 adopted (10000 bytes), 0 not whole, 1 strangers", note, StringComparison.Ordinal);
        var view = (await world.Worker.Api.FindAsync(AssetId.Parse("2/5/ms-add-12345")))!;
        Assert.Equal((AssetState.Present, Bytes, "adopted"), (view.State, view.Copy!.Bytes, view.History[0].What));
        Assert.Equal(Convert.ToHexStringLower(ReferenceChecksum.Of("crc32c", SyntheticJp2.Bytes(Bytes, 2))), view.Copy.Checksum);
        Assert.NotNull(view.Copy.Facts);
        await AssertSumsAsync(world);
        Assert.Contains("3 files: 2 known, 0 adopted", await RunAsync(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adopted_file_that_is_not_the_sources_is_replaced_by_the_next_ingest()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        Fill(world, "2/5/foo.jp2", seed: 2);
        await RunAsync(world);
        var jp2 = world.Put("foo", Bytes);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Reading_a_file_to_adopt_it_is_no_use_of_it()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        Fill(world, "2/5/foo.jp2");
        // A day apart, so that also mounts with relatime would note the reading.
        var (written, read) = (DateTime.UtcNow.AddDays(-9), DateTime.UtcNow.AddDays(-7));
        File.SetLastWriteTimeUtc(world.PathOf(CopyWorld.Id), written);
        File.SetLastAccessTimeUtc(world.PathOf(CopyWorld.Id), read);

        Assert.Contains("1 adopted", await RunAsync(world), StringComparison.Ordinal);

        Assert.Equal(read, File.GetLastAccessTimeUtc(world.PathOf(CopyWorld.Id)), TimeSpan.FromSeconds(1));
        Assert.Equal(read, (await world.Worker.Api.FindAsync(CopyWorld.Id))!.Use.LastUsedAt!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Progress_says_how_fast_it_goes_and_when_it_will_end_by_names_and_by_bytes()
    {
        var time = new FakeTimeProvider();
        var state = new ReconcileState { Files = 500, Bytes = 5_000_000_000 };
        var progress = new ReconcileProgress(state, new StoreSpace(FreeBytes: 880_000_000_000, TotalBytes: 1_000_000_000_000, null, null), time);
        Assert.DoesNotContain("left (", progress.Say(0.1), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(100));
        (state.Files, state.Bytes) = (1500, 15_000_000_000);

        Assert.EndsWith("; 15000000000 bytes seen, 10 files/s, 100.0 MB/s, about 7 min left (18 min if all that the file system holds is the store)", progress.Say(0.28), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_files_are_told_of_and_stay()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(Bytes, 1);
        Fill(world, "2/5/half.jp2", jp2[..^100]);
        Fill(world, "2/5/zeros.jp2", [.. jp2[..2000], .. new byte[Bytes - 2000]]);
        Fill(world, "2/5/empty.jp2", []);
        Fill(world, "2/5/jpeg.jp2", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]);

        var note = await RunAsync(world);

        Assert.Contains("4 not whole", note, StringComparison.Ordinal);
        Assert.Contains("not whole: '2/5/empty.jp2': the file is empty", note, StringComparison.Ordinal);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(world.Store, "2/5")).Length);
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from asset"));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Strangers_hostile_names_and_symlinks_are_never_followed_or_touched()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        using var outside = new TempFolder();
        File.WriteAllBytes(Path.Combine(outside.Path, "secret.jp2"), SyntheticJp2.Bytes(Bytes, 1));
        string[] strangers = ["readme.txt", "02/5/foo.jp2", "2/5/foo.jp2.bak", "2/5/new\nline.jp2", "2/5/'; drop table copy; --/x.jp2", "99999999999/5/foo.jp2", "2/5/deep/er/foo.jp2"];
        foreach (var path in strangers)
            Fill(world, path);
        Fill(world, ".snapshot/2/5/foo.jp2");
        Fill(world, "2/5/.nfs0001");
        File.CreateSymbolicLink(Path.Combine(world.Store, "2/5/linked.jp2"), Path.Combine(outside.Path, "secret.jp2"));
        Directory.CreateSymbolicLink(Path.Combine(world.Store, "3"), outside.Path);
        Directory.CreateSymbolicLink(Path.Combine(world.Store, "2/loop"), Path.Combine(world.Store, "2"));
        // What is a name for Linux and no text: made by a shell, as .NET can't.
        Assert.Equal(0, await ShellAsync(world.Store, "printf x > \"$(printf '2/5/\\377\\376.jp2')\""));
        var before = Tree(world.Store);

        var note = await RunAsync(world);

        Assert.Contains($"{strangers.Length + 4} files: 0 known, 0 adopted (0 bytes), 0 not whole, {strangers.Length + 4} strangers", note, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", note, StringComparison.Ordinal);
        Assert.Equal(before, Tree(world.Store));
        // Nor can .NET delete it.
        Assert.Equal(0, await ShellAsync(world.Store, "rm \"$(printf '2/5/\\377\\376.jp2')\""));
        Assert.Equal(0, await world.Worker.QueryAsync<long>("select count(*) from asset"));
    }

    [Fact]
    public async Task Lost_copies_are_forgotten_and_those_that_are_wanted_come_back()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await CopyAsync(world, 6);
        await world.Worker.QueryAsync<int>("update asset set used_at = now() - interval '29 days' where id = '2/5/a1'; update asset set used_at = now() - interval '31 days' where id = '2/5/a2'; select 1");
        await world.Worker.Api.PinAsync("2/5/a3", new PinRequest(Reason: "exhibition"));
        foreach (var id in ids[1..5])
            File.Delete(world.PathOf(id));

        var note = await RunAsync(world);

        Assert.Contains("2 known", note, StringComparison.Ordinal);
        Assert.Contains("4 copies lost, 0 of another length, 2 planned again", note, StringComparison.Ordinal);
        AssetState[] states = [.. await Task.WhenAll(ids.Select(async id => (await world.Worker.SettledAsync(id)).State))];
        Assert.Equal([AssetState.Present, AssetState.Present, AssetState.Absent, AssetState.Present, AssetState.Absent, AssetState.Present], states);
        Assert.True(world.IsStored(ids[1]) && world.IsStored(ids[3]));
        Assert.Contains((await world.Worker.Api.FindAsync(ids[2]))!.History, h => h.What == "lost");
        await AssertSumsAsync(world);
        await world.AssertQuietAsync();
    }

    [Fact]
    public async Task File_of_another_length_is_copied_again()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await CopyAsync(world, 2);
        File.WriteAllText(world.PathOf(ids[0]), "scribble");

        Assert.Contains("1 known", await RunAsync(world), StringComparison.Ordinal);

        await Eventually.TrueAsync(() => new FileInfo(world.PathOf(ids[0])).Length == Bytes, "copied again");
        Assert.Equal(AssetState.Present, (await world.Worker.SettledAsync(ids[0])).State);
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Assets_with_a_plan_and_deleted_ones_are_left_alone()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await CopyAsync(world, 2);
        await world.Worker.QueryAsync<int>("""
            insert into plan (asset_id, customer, goal, stage, lane, generation, due_at) values ('2/5/a0', 2, 'present', 'copy', 4, 1, now() + interval '1 hour'), ('2/5/new', 2, 'present', 'copy', 4, 1, now() + interval '1 hour');
            insert into asset (id, customer, space, generation, deleted) values ('2/5/new', 2, 5, 1, false), ('2/5/deleted', 2, 5, 1, true); select 1
            """);
        File.Delete(world.PathOf(ids[0]));
        Fill(world, "2/5/new.jp2");
        Fill(world, "2/5/deleted.jp2");

        var note = await RunAsync(world);

        Assert.Contains("3 files: 1 known, 0 adopted (0 bytes), 0 not whole, 1 strangers, 2 left alone; 0 copies lost", note, StringComparison.Ordinal);
        Assert.Equal("2/5/a0, 2/5/a1", await world.Worker.QueryAsync<string>("select string_agg(asset_id, ', ' order by asset_id) from copy"));
        Assert.Equal(2, await world.Worker.QueryAsync<long>("select count(*) from plan where due_at > now() + interval '50 minutes'"));
        await AssertSumsAsync(world);
    }

    [Fact]
    public async Task Store_that_is_not_mounted_loses_nothing()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var ids = await CopyAsync(world, 3);
        Directory.Move(world.Store, world.Store + "-away");
        Directory.CreateDirectory(world.Store);

        var outcome = await JobOf(world).RunAsync(new Run(), CancellationToken.None);

        Assert.Contains("is the volume mounted?", Assert.IsType<JobOutcome.Failed>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(ids.Length, await world.Worker.QueryAsync<long>("select count(*) from copy"));
    }

    [Fact]
    public async Task Twenty_thousand_files_are_adopted_though_the_run_is_killed_on_the_way()
    {
        const int files = 20_000;
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = SyntheticJp2.Bytes(400, 1);
        foreach (var n in Enumerable.Range(0, files))
            Fill(world, $"{n % 7}/{n % 50}/x{n}.jp2", jp2);

        var killed = new Run { DiesAt = files / 2 };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JobOf(world).RunAsync(killed, CancellationToken.None));
        var half = await world.Worker.QueryAsync<long>("select count(*) from copy");
        Assert.InRange(half, files / 4, files - 1000);
        await AssertSumsAsync(world);

        var rest = new Run { Checkpoint = killed.Noted };
        var note = Assert.IsType<JobOutcome.Done>(await JobOf(world).RunAsync(rest, CancellationToken.None)).Note!;

        // Half of the first run is known by its checkpoint; of the batch that died with it, the catalogue knows the files.
        Assert.StartsWith($"{files} files: ", note, StringComparison.Ordinal);
        Assert.Equal(files, await world.Worker.QueryAsync<long>("select count(*) from copy"));
        Assert.InRange(rest.Fractions[0], 0.3, 0.7);
        Assert.Equal(rest.Fractions.Order(), rest.Fractions);
        await AssertSumsAsync(world);
    }

    private static ReconcileJob JobOf(CopyWorld world) => world.Worker.Services.GetServices<IJob>().OfType<ReconcileJob>().Single();

    private static async Task<string> RunAsync(CopyWorld world) =>
        Assert.IsType<JobOutcome.Done>(await JobOf(world).RunAsync(new Run(), CancellationToken.None)).Note!;

    private static void Fill(CopyWorld world, string path, int seed = 1) => Fill(world, path, SyntheticJp2.Bytes(Bytes, seed));

    private static void Fill(CopyWorld world, string path, byte[] bytes)
    {
        var file = Path.Combine(world.Store, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    private static async Task<AssetId[]> CopyAsync(CopyWorld world, int count)
    {
        AssetId[] ids = [.. Enumerable.Range(0, count).Select(n => AssetId.Parse($"2/5/a{n}"))];
        foreach (var id in ids)
        {
            world.Put($"{id}", Bytes);
            Assert.Equal(AssetState.Present, (await world.Worker.CopyAsync(id, CopyWorld.Uri($"{id}"))).State);
        }

        return ids;
    }

    private static async Task AssertSumsAsync(CopyWorld world) => Assert.Equal(
        await world.Worker.QueryAsync<string>("select count(*) || ' ' || coalesce(sum(bytes), 0) from copy"),
        await world.Worker.QueryAsync<string>("select copies || ' ' || used from store"));

    private static string[] Tree(string root) =>
        [.. Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(f => $"{f} {new FileInfo(f).LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)];

    private static async Task<int> ShellAsync(string folder, string script)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = folder })!;
        await shell.WaitForExitAsync();
        return shell.ExitCode;
    }

    private sealed class Run : JobRun
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Run() => Due = DateTimeOffset.UnixEpoch;

        /// <summary>Files after which the run is taken away.</summary>
        public long DiesAt { get; init; } = long.MaxValue;

        public string? Noted { get; private set; }

        public List<double> Fractions { get; } = [];

        public override Task NoteAsync(string? checkpoint, string progress, double? fraction)
        {
            Noted = checkpoint;
            Fractions.Add(fraction ?? 0);
            var files = long.Parse(progress.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            return files < DiesAt ? Task.CompletedTask : throw new OperationCanceledException("taken away");
        }
    }
}
