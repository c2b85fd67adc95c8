using System.Text;
using Understudy.Integration.Tests.TestKit;
using Understudy.Intake.Understanding;

namespace Understudy.Integration.Tests.Queues;

/// <summary>Each shape that the reader's own tests know, through a real queue.</summary>
public sealed class ShapesTests(PostgresServer postgres, FauxqsServer emulator)
{
    [Fact]
    public async Task Each_known_shape_is_done_with_and_each_other_one_ends_as_a_dead_letter()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        var bodies = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Intake", "Understanding", "Fixtures"), "*.json").Select(f => File.ReadAllText(f)).ToArray();
        Assert.True(S3KeyPatterns.TryCreate(S3KeyPatterns.OfDlcs, out var keys, out _));
        var read = bodies.ToLookup(b => new MessageReader(keys).Read(new RawMessage(Encoding.UTF8.GetBytes(b), new Dictionary<string, string>(), TimeProvider.System.GetUtcNow())) is Understood.Refused);
        Assert.InRange(read[false].Count(), 40, 1000);

        await world.SendAsync(bodies);

        Assert.Equal(read[true].Order(), (await world.DeadLettersAsync(read[true].Count())).Order());
        await world.EmptyAsync();
        Assert.InRange(await world.Worker.QueryAsync<long>("select count(*) from asset"), 1, bodies.Length);
    }
}
