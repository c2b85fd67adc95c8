namespace Understudy.Plans;

/// <summary>
/// How many more plans of each lane this node may take: the less urgent a lane, the smaller the share of the slots that it
/// and all behind it may fill, so that there is always a free one for what is more urgent.
/// </summary>
internal static class LaneSlots
{
    // Of the node's slots, for a lane and all less urgent ones together. Waiting has extra slots of its own.
    private static readonly double[] Share = [1.5, 1, 0.9, 0.8, 0.7];

    public static int Lanes => Share.Length;

    /// <param name="running">Plans at work by lane.</param>
    /// <returns>By lane: how many may be taken, counting all more urgent ones that are taken with them.</returns>
    public static int[] Free(int slots, ReadOnlySpan<int> running)
    {
        var free = new int[Lanes];
        var (all, taken) = (0, 0);
        foreach (var plans in running)
            all += plans;
        for (var lane = Lanes - 1; lane >= 0; lane--)
            free[lane] = Math.Max(0, Cap(slots, lane) - (taken += running[lane]));

        // Plans that were lifted to waiting while at work use the extra slots up, but leave none of them to others.
        var rest = Math.Max(0, slots - all);
        for (var lane = 1; lane < Lanes; lane++)
            free[lane] = rest = Math.Min(rest, free[lane]);
        return free;
    }

    private static int Cap(int slots, int lane) => lane == 0 ? (int)Math.Ceiling(slots * Share[0]) : Math.Max(1, (int)(slots * Share[lane]));
}
