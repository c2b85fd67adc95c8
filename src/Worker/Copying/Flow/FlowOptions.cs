namespace Understudy.Copying.Flow;

/// <summary>How many connections fetch from the sources at once, and how fast. Per node, not per cluster.</summary>
internal sealed class FlowOptions
{
    public const string Section = "Flow";

    /// <summary>The limit never adapts below this. Lower: a slow or throttling source can all but stop copying. Higher: throttling is answered too weakly.</summary>
    public int MinConnections { get; set; } = 4;

    /// <summary>Where the limit starts. Lower: a second or two of ramp after a start. Higher: a burst at the source before anything is known of it.</summary>
    public int StartConnections { get; set; } = 16;

    /// <summary>The limit never adapts above this. Lower: small files, which wait more than they load, go slowly. Higher: more memory and sockets.</summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>Connections beyond the limit that only lane <c>waiting</c> may use. 0: an open request can wait behind a whole part of bulk work.</summary>
    public int WaitingReserve { get; set; } = 4;

    /// <summary>At most this many bytes a second, for links that are shared with others. None: as fast as it goes.</summary>
    public long? MaxBytesPerSecond { get; set; }
}
