using Understudy.Contracts;
using Understudy.Copying.Sources;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What a source's answer means for the attempt.</summary>
internal static class Readings
{
    public static Outcome ToOutcome(Reading reading) => reading switch
    {
        Reading.Changed r => new Outcome.SourceChanged(r.Reason),
        Reading.Gone r => new Outcome.Hopeless(Fault.SourceGone, r.Reason),
        Reading.Refused r => new Outcome.Hopeless(Fault.BadSource, r.Reason),
        Reading.Unavailable r => new Outcome.Failed(r.Reason),
        _ => throw new InvalidOperationException($"{reading.GetType().Name} is no failure"),
    };
}
