namespace Understudy.Scavenging.Replay;

/// <summary>One line on standard error that is written over, for a person who waits.</summary>
internal sealed class ReplayProgress(TextWriter error, bool wanted, TimeProvider time)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    private long? _shown;

    /// <param name="share">From 0 to 1.</param>
    public void Show(string what, long uses, double share)
    {
        if (!wanted || (_shown is { } last && time.GetElapsedTime(last) < Often))
            return;
        _shown = time.GetTimestamp();
        error.Write(FormattableString.Invariant($"\r\e[K{what} use {uses:N0}, {share:P0}"));
    }

    public void Clear()
    {
        if (_shown is not null)
            error.Write("\r\e[K");
    }
}
