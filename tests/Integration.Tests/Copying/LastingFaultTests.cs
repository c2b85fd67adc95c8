using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>A source's server that does the same thing wrong for ever.</summary>
public sealed class LastingFaultTests(PostgresServer postgres)
{
    // What is right in all but its form, so that it may be taken.
    private static readonly string[] Bearable = ["whole instead of range"];

    [Theory]
    [MemberData(nameof(SourceFaults.Cases), MemberType = typeof(SourceFaults))]
    public async Task Fault_that_never_passes_ends_as_a_dead_plan_that_says_why(string fault, int size)
    {
        await using var world = await CopyWorld.StartAsync(postgres, ["Plans:MaxAttempts=2", "Copying:PartTries=2", .. SourceFaults.PatienceWith(fault)]);
        var jp2 = world.Put("foo", size);
        world.S3.Script = FaultScript.Always(SourceFaults.All[fault]);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        if (view.State == AssetState.Present)
        {
            Assert.Contains(fault, Bearable);
            await world.AssertCopiedAsync(jp2, view);
            return;
        }

        Assert.Equal(AssetState.Dead, view.State);
        Assert.Contains("s3://pics/foo", view.Plan!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", view.Plan.Reason, StringComparison.Ordinal);
        Assert.False(world.IsStored(CopyWorld.Id));
        await world.AssertQuietAsync();
        await world.Worker.SweepAsync();
        Assert.Empty(world.Leftovers());
    }
}
