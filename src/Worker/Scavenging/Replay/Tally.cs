using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>Counts what a store answered, and what it didn't.</summary>
internal sealed class Tally
{
    private long _uses;
    private long _missed;
    private double _bytesAsked;
    private double _bytesMissed;
    private double _bytesCopied;
    private double _secondsPossible;
    private double _secondsWaited;

    public void Asked(in Use use, bool isThere)
    {
        var seconds = CopyCost.Seconds(use.Bytes);
        _uses++;
        _bytesAsked += use.Bytes;
        _secondsPossible += seconds;
        if (isThere)
            return;
        _missed++;
        _bytesMissed += use.Bytes;
        _secondsWaited += seconds;
    }

    public void Copied(in Use use) => _bytesCopied += use.Bytes;

    public StoreFigures Figures(string policy, long capacity) => _uses == 0
        ? new StoreFigures(policy, capacity, 0, 0, 0, 0, 0)
        : new StoreFigures(policy, capacity, (double)_missed / _uses, _bytesMissed / _bytesAsked, _bytesCopied, _secondsWaited, _secondsWaited / _secondsPossible);
}
