using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Worker.Tests.Plans;

/// <summary>Random histories of taking, ending and lifting; a failure prints them and the seed to replay.</summary>
public sealed class LaneSlotsTests
{
    private static readonly Arbitrary<(int Slots, (int Lane, int What)[] Steps)> Histories =
        (from slots in Gen.OneOf(Gen.Choose(1, 8), Gen.Choose(1, 1000))
         from steps in (from lane in Gen.Choose(0, 4) from what in Gen.Choose(0, 3) select (lane, what)).ArrayOf()
         select (slots, steps)).ToArbitrary();

    [Fact]
    public void Free_slots_never_grow_with_the_lane_and_are_never_negative() =>
        Prop.ForAll(
            (from slots in Gen.Choose(1, 1000) from running in Gen.Choose(0, 400).ArrayOf(LaneSlots.Lanes) select (slots, running)).ToArbitrary(),
            at =>
            {
                var free = LaneSlots.Free(at.slots, at.running);
                return free.All(f => f >= 0) && free.SequenceEqual(free.OrderDescending());
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Somebody_who_waits_always_finds_a_slot_whatever_nobody_waits_for() =>
        ForAllReachable(atLeast: Lane.Hit, (slots, running) => LaneSlots.Free(slots, running)[(int)Lane.Waiting] >= 1);

    [Fact]
    public void Bulk_leaves_a_slot_for_everything_else() =>
        ForAllReachable(atLeast: Lane.Bulk, (slots, running) => slots == 1 || LaneSlots.Free(slots, running)[(int)Lane.Hit] >= 1);

    [Fact]
    public void Empty_node_takes_every_lane()
    {
        for (var slots = 1; slots < 100; slots++)
            Assert.All(LaneSlots.Free(slots, new int[LaneSlots.Lanes]), f => Assert.InRange(f, 1, 2 * slots));
    }

    private static void ForAllReachable(Lane atLeast, Func<int, int[], bool> holds) =>
        Prop.ForAll(Histories, history =>
        {
            var running = new int[LaneSlots.Lanes];
            foreach (var (lane, what) in history.Steps)
            {
                var (from, free) = (Math.Max(lane, (int)atLeast), LaneSlots.Free(history.Slots, running));
                if (what is 0 or 1)
                    running[from] += free[from];
                else if (what == 2)
                    running[lane] = 0;
                else if (atLeast == Lane.Hit && lane > 0)
                    (running[0], running[lane]) = (running[0] + running[lane], 0);
                if (!holds(history.Slots, running))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
