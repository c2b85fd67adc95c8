using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Catches what tasks of the copying threw and nobody looked at.</summary>
internal sealed class UnobservedFailures : IDisposable
{
    private readonly ConcurrentQueue<Exception> _failures = new();

    public UnobservedFailures() => TaskScheduler.UnobservedTaskException += Note;

    public void AssertNone()
    {
        // An unobserved exception shows when its task is collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Empty(_failures);
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        if (e.Exception.ToString().Contains("Understudy.Copying", StringComparison.Ordinal))
            _failures.Enqueue(e.Exception);
    }
}
