namespace Understudy.Bench.Purge;

/// <summary>What nodes were asked.</summary>
/// <param name="Posts">Tasks.</param>
/// <param name="TaskLooks">At tasks.</param>
internal sealed record RequestCounts(long Posts, long TaskLooks, long Infos, long Pictures)
{
    public long All => Posts + TaskLooks + Infos + Pictures;
}
