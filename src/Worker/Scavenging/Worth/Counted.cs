using Understudy.Contracts;

namespace Understudy.Scavenging.Worth;

/// <summary>What was counted in some time, of some customers, by its name in <c>worth_day</c>.</summary>
internal sealed class Counted
{
    private readonly Dictionary<string, CopySum> _sums = [];
    private readonly Dictionary<int, long> _leads = [];

    public void Add(string what, int step, long n, long bytes)
    {
        var (copies, held) = _sums.GetValueOrDefault(what, new CopySum(0, 0));
        _sums[what] = new CopySum(copies + n, held + bytes);
        if (what == "early")
            _leads[step] = _leads.GetValueOrDefault(step) + n;
    }

    public WorthFigures Figures() => new(
        Uses: Sum("hit").Copies + Sum("miss").Copies,
        Hits: Sum("hit").Copies,
        Made: Sum("made"),
        CopiedAgain: Sum("again"),
        Gone: Sum("gone"),
        GoneUnused: Sum("unused"),
        Early: Sum("early").Copies,
        Late: Sum("late"),
        Lead: Lead.Of([.. _leads.Select(l => (l.Key, l.Value))]));

    private CopySum Sum(string what) => _sums.GetValueOrDefault(what, new CopySum(0, 0));
}
