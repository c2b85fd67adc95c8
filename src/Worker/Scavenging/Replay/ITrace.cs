using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>Uses in the order in which they came.</summary>
internal interface ITrace
{
    /// <summary>The same each time.</summary>
    IEnumerable<Use> Read();
}
