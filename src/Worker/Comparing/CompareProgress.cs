namespace Understudy.Comparing;

/// <summary>One line on standard error that is written over, for a person who waits. Thread-safe.</summary>
internal sealed class CompareProgress(TextWriter error, bool wanted, int assets, TimeProvider time)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private long? _shown;
    private int _asset;
    private long _asked;

    public void Next(int asset)
    {
        lock (_lock)
        {
            _asset = asset;
            Show();
        }
    }

    public void Asked()
    {
        lock (_lock)
        {
            _asked++;
            Show();
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            if (_shown is not null)
                error.Write("\r\e[K");
        }
    }

    private void Show()
    {
        if (!wanted || (_shown is { } last && time.GetElapsedTime(last) < Often))
            return;
        _shown = time.GetTimestamp();
        error.Write($"\r\e[Kasset {_asset + 1} of {assets}, {_asked} requests made");
    }
}
