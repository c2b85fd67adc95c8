using System.Text.Json;

namespace Understudy.Warming.Verification;

/// <summary>An answer that isn't the one that a viewer needs. There is no value for a good one: null is.</summary>
/// <param name="Reason">Wanted against got, for an operator; without raw control characters, whatever the server sent.</param>
internal sealed record BadAnswer(Flaw Flaw, string Reason)
{
    /// <summary>Of the flaw, in metrics and the API.</summary>
    public string Name => JsonNamingPolicy.CamelCase.ConvertName(Flaw.ToString());

    /// <summary>
    /// Whether asking again later makes sense. Not where the server understood and means it, and not where it sent a whole answer that is wrong:
    /// that one is likely to stand in its cache, or the source or the cached dimensions are wrong, which waiting doesn't heal. An info.json is
    /// written anew for each answer: one that is none came from somewhere on the way.
    /// </summary>
    public bool MayPass => Flaw is Flaw.NotFound or Flaw.Overloaded or Flaw.ServerError or Flaw.Empty or Flaw.Truncated or Flaw.NotInfo or Flaw.TimedOut or Flaw.ConnectionLost;

    public static BadAnswer TimedOut(TimeSpan after) => new(Flaw.TimedOut, $"no whole answer within {after}");

    public static BadAnswer ConnectionLost(string how) => new(Flaw.ConnectionLost, how);
}
