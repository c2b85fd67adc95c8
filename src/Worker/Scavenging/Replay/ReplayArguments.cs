using Understudy.Hosting;

namespace Understudy.Scavenging.Replay;

/// <summary>What <c>understudy replay</c> is told.</summary>
/// <param name="File">The trace.</param>
/// <param name="Sizes">Of the store; none: around <paramref name="Present"/>, or shares of the trace's footprint.</param>
/// <param name="Present">What the store may hold now: always among the sizes, and what the others are compared with.</param>
/// <param name="Policies">Some of <see cref="KnownPolicies.Names"/>; what more room buys is told for the first.</param>
/// <param name="Low">The low mark as a share of the size.</param>
/// <param name="Grace">How long a copy stays after a use, whatever it is worth.</param>
/// <param name="Plot">Where an SVG goes.</param>
internal sealed record ReplayArguments(string File, IReadOnlyList<StoreSize> Sizes, ByteSize? Present, IReadOnlyList<string> Policies, double Low, TimeSpan Grace, bool Json, string? Plot);
