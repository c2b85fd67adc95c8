namespace Understudy.Integration.Tests.TestKit;

/// <summary>How many there are, and how many there ever were at once.</summary>
internal sealed class HighWater
{
    private readonly Lock _lock = new();

    public int Now { get; private set; }

    public int Mark { get; private set; }

    public IDisposable Enter()
    {
        lock (_lock)
            Mark = Math.Max(Mark, ++Now);
        return new Leave(this);
    }

    private sealed class Leave(HighWater of) : IDisposable
    {
        public void Dispose()
        {
            lock (of._lock)
                of.Now--;
        }
    }
}
