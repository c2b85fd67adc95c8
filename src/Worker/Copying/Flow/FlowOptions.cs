using System.ComponentModel.DataAnnotations;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Copying.Flow;

/// <summary>Section <c>Flow</c>: how many connections fetch from the sources at once, and how fast. Per node, not per cluster.</summary>
internal sealed class FlowOptions : ICheckedOptions
{
    public const string Section = "Flow";

    // A node's file handles and the source's patience end long before this.
    private const int MostConnections = 1024;

    /// <summary>The limit never adapts below this. Lower: a slow or throttling source can all but stop copying. Higher: throttling is answered too weakly.</summary>
    [Range(1, MostConnections)]
    public int MinConnections { get; set; } = 4;

    /// <summary>Where the limit starts. Lower: a second or two of ramp after a start. Higher: a burst at the source before anything is known of it.</summary>
    [Range(1, MostConnections)]
    public int StartConnections { get; set; } = 16;

    /// <summary>The limit never adapts above this. Lower: small files, which wait more than they load, go slowly. Higher: more memory and sockets.</summary>
    [Range(1, MostConnections)]
    public int MaxConnections { get; set; } = 64;

    /// <summary>Connections beyond the limit that only lane <c>waiting</c> may use. 0: an open request can wait behind a whole part of bulk work.</summary>
    [Range(0, MostConnections)]
    public int WaitingReserve { get; set; } = 4;

    /// <summary>At most this many bytes a second, for links that are shared with others; from 64 KiB, below which one read buffer uses up seconds. None: as fast as it goes.</summary>
    [Range(typeof(ByteSize), "64 KiB", "1 PiB")]
    public ByteSize? MaxBytesPerSecond { get; set; }

    public IEnumerable<BrokenRule> Check()
    {
        if (StartConnections < MinConnections || StartConnections > MaxConnections)
            yield return new(nameof(StartConnections), $"must be between MinConnections ({MinConnections}) and MaxConnections ({MaxConnections})");
        if (MinConnections > MaxConnections)
            yield return new(nameof(MinConnections), $"must not be above MaxConnections ({MaxConnections})");
    }
}
