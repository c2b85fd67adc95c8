using Understudy.Bench.Copy;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Intake;

/// <summary>One set of messages: the rounds of every way.</summary>
internal sealed record IntakeCell(string Set, string Title, int Messages, IReadOnlyList<WayRounds> Ways);

/// <param name="Samples">Without the first, which only warms.</param>
internal sealed record WayRounds(string Name, List<IntakeSample> Samples);

/// <summary>Everything that was measured, and what was not.</summary>
internal sealed record IntakeResults(Machine Machine)
{
    public List<IntakeCell> Cells { get; } = [];

    public List<Calls> Latency { get; } = [];

    /// <summary>What was asked for and could not be measured, with the reason.</summary>
    public List<string> Failures { get; } = [];

    public int Waits { get; set; }

    public int Disturbed { get; set; }
}
