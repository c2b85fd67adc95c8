using Understudy.Bench.Measuring;
using Understudy.Bench.Warm.FirstView;
using Understudy.Bench.Warm.Planner;
using Understudy.Bench.Warm.Warmer;

namespace Understudy.Bench.Warm;

/// <summary>Everything that was measured, and what was not.</summary>
internal sealed record WarmResults(Machine Machine)
{
    public List<PlannerRow> Planner { get; } = [];

    public List<WarmerCell> Warmer { get; } = [];

    public GalleryViews? Gallery { get; set; }

    /// <summary>What was asked for and could not be measured, with the reason.</summary>
    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }

    /// <summary>Processes that wanted to run, over the last minute, at the beginning and at the end.</summary>
    public double LoadBefore { get; set; }

    public double LoadAfter { get; set; }
}
