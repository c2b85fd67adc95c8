using Dapper;
using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Copying;
using Understudy.Copying.Store;
using Understudy.Hosting;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Fault = Understudy.Contracts.Fault;

namespace Understudy.Integration.Tests.Plans;

/// <summary>The store's one row of totals against the rows that it sums up, after every step of a long walk at random.</summary>
public sealed class AccountingTests(PostgresServer postgres)
{
    private const long Budget = 2_000;

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Totals_are_the_sums_and_within_the_budget_after_every_step(int seed)
    {
        await using var catalogue = await TestCatalogue.CreateAsync(postgres);
        using var folder = new TempFolder();
        using var store = StoreFolder.Open(folder.Path, TimeProvider.System, new TestLog<StoreFolder>());
        await using var one = new Node(catalogue, "one");
        await using var other = new Node(catalogue, "other");
        await using var reservations = new Reservations(
            catalogue.Source, new StorageOptions { MaxBytes = new ByteSize(Budget), MinFreeBytes = default, MinFreeInodes = 0 }, store, new RoomWanted(), TimeProvider.System);
        await one.Registry.SignOnAsync(CancellationToken.None);
        await other.Registry.SignOnAsync(CancellationToken.None);
        var walk = new Walk(new Random(seed), catalogue, [one, other], reservations);

        for (var step = 0; step < 400; step++)
        {
            var did = await walk.StepAsync();
            var (totals, sums) = (await TotalsAsync(catalogue), await SumsAsync(catalogue));
            Assert.True(totals == sums, $"seed {seed}, step {step}, after {did}: the store says {totals}, the rows {sums}");
            Assert.True(totals.Used + totals.Reserved + totals.Retired <= Budget, $"seed {seed}, step {step}, after {did}: {totals} is more than {Budget}");
        }
    }

    private static async Task<Totals> TotalsAsync(TestCatalogue catalogue) =>
        (await catalogue.ListAsync<Totals>("select copies, used, reserved, retired from store")).Single();

    private static async Task<Totals> SumsAsync(TestCatalogue catalogue) => (await catalogue.ListAsync<Totals>(
        """
        select (select count(*) from copy) as copies, (select coalesce(sum(bytes), 0)::bigint from copy) as used,
               (select coalesce(sum(reserved), 0)::bigint from plan) as reserved, (select coalesce(sum(bytes), 0)::bigint from retired) as retired
        """)).Single();

    private sealed record Totals(long Copies, long Used, long Reserved, long Retired);

    private sealed class Walk(Random random, TestCatalogue catalogue, Node[] nodes, Reservations reservations)
    {
        /// <summary>Every attempt so far with the room that it was granted; also those that are over or were taken away.</summary>
        private readonly List<(Attempt Attempt, long Granted)> _attempts = [];

        public async Task<string> StepAsync()
        {
            var node = nodes[random.Next(nodes.Length)];
            switch (random.Next(12))
            {
                case 0 or 1:
                    var happened = Event();
                    await node.AcceptAsync(happened);
                    return $"{happened}";
                case 2 or 3:
                    var leased = await node.LeaseAsync();
                    _attempts.AddRange(leased.Select(a => (a, 0L)));
                    return $"leasing {leased.Count}";
                case 4 or 5 when _attempts.Count > 0:
                    return await ReserveAsync(random.Next(_attempts.Count));
                case 6:
                    await node.Registry.SignOnAsync(CancellationToken.None);
                    return "a crash";
                case 7:
                    return await SweepAsync();
                case var _ when _attempts.Count > 0:
                    return await SettleAsync(node);
                default:
                    return "nothing";
            }
        }

        private AssetEvent Event()
        {
            var id = Samples.Asset($"{random.Next(8)}");
            return random.Next(5) switch
            {
                0 => new AssetDeleted { Id = id },
                1 => new InfoJsonRequested { Id = id },
                2 => new SourceUpdated { Id = id },
                _ => Samples.Ingested(id),
            };
        }

        private async Task<string> ReserveAsync(int which)
        {
            var (attempt, bytes) = (_attempts[which].Attempt, random.Next(1, 600));
            if (attempt.Stage != Stages.Copy)
                return "nothing";
            if (await reservations.ReserveAsync(attempt, bytes, 0, CancellationToken.None) is null)
                _attempts[which] = (attempt, Math.Max(bytes, _attempts[which].Granted));
            return $"reserving {bytes} for {attempt.Id}";
        }

        /// <summary>Like a stage: what it writes was granted before. Half of the attempts stay, to come back late.</summary>
        private async Task<string> SettleAsync(Node node)
        {
            var index = random.Next(2) == 0 ? _attempts.Count - 1 : random.Next(_attempts.Count);
            var (attempt, granted) = _attempts[index];
            var outcome = attempt.Stage == Stages.Remove ? Removal(attempt) : Copying(attempt, granted);
            var settled = await node.SettleAsync(attempt, outcome, dead: outcome is Outcome.Hopeless || random.Next(4) == 0 && outcome is Outcome.Failed);
            if (random.Next(2) == 0)
                _attempts.RemoveAt(index);
            return $"settling {attempt.Id} with {outcome} ({settled})";
        }

        private Outcome Removal(Attempt attempt) => random.Next(3) switch
        {
            0 => new Outcome.Failed("busy"),
            _ => new Outcome.Removed(attempt.Copy is { } copy ? new RetiredFile($"{Guid.NewGuid()}", copy.Version.Length) : null),
        };

        private Outcome Copying(Attempt attempt, long granted) => random.Next(8) switch
        {
            0 => new Outcome.Failed("broken"),
            1 => new Outcome.NoRoom("full"),
            2 => new Outcome.Hopeless(Fault.BadSource, "bad"),
            3 => new Outcome.Stopped(),
            4 => new Outcome.SourceChanged("changed"),
            5 when attempt.Copy is { } copy => new Outcome.AlreadyThere(copy),
            _ when granted > 0 => Samples.Copied(attempt, random.NextInt64(1, granted + 1), attempt.Copy is { } old ? new RetiredFile($"{Guid.NewGuid()}", old.Version.Length) : null),
            _ => new Outcome.Failed("broken"),
        };

        private async Task<string> SweepAsync()
        {
            await using var connection = await catalogue.Source.OpenConnectionAsync();
            var past = (await connection.QueryAsync<string>(Sql.Named("Copying.RetiredPast"), new { grace = TimeSpan.Zero, evicted = TimeSpan.Zero })).Where(_ => random.Next(2) == 0).ToArray();
            // Twice: the second finds nothing more to give back.
            for (var i = 0; i < 2; i++)
                await connection.ExecuteAsync(Sql.Named("Copying.ForgetRetired"), new { names = past });
            return $"sweeping {past.Length}";
        }
    }
}
