using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>What came of an attempt's requests so far. Thread-safe.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();

    public int Good { get; private set; }

    public int Bad { get; private set; }

    public long Bytes { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <summary>The first bad answer.</summary>
    public string? Reason { get; private set; }

    /// <summary>Some bad answer may be a good one later.</summary>
    public bool MayPass { get; private set; }

    /// <summary>Why something could not be asked for: its server is away or overloaded, whatever the asset.</summary>
    public string? Held { get; private set; }

    public void WasGood(long bytes, TimeSpan took)
    {
        lock (_lock)
        {
            (Good, Bytes) = (Good + 1, Bytes + bytes);
            Slowest = took > Slowest ? took : Slowest;
        }
    }

    public void WasBad(string url, BadAnswer bad)
    {
        lock (_lock)
        {
            Bad++;
            Reason ??= $"{url}: {bad.Reason}";
            MayPass |= bad.MayPass;
        }
    }

    public void WasHeld(string reason)
    {
        lock (_lock)
            Held ??= reason;
    }
}
