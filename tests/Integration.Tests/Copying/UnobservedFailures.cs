using System.Collections.Concurrent;
using Understudy.Integration.Tests.Copying;

[assembly: AssemblyFixture(typeof(UnobservedFailures))]

namespace Understudy.Integration.Tests.Copying;

/// <summary>Catches what tasks of the copying threw and nobody looked at, in any test. Said at the end of all: to look after each is a collection of the whole heap.</summary>
public sealed class UnobservedFailures : IDisposable
{
    private readonly ConcurrentQueue<Exception> _failures = new();

    public UnobservedFailures() => TaskScheduler.UnobservedTaskException += Note;

    public void Dispose()
    {
        // An unobserved exception shows when its task is collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= Note;
        Assert.Empty(_failures);
    }

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        if (e.Exception.ToString().Contains("Understudy.Copying", StringComparison.Ordinal))
            _failures.Enqueue(e.Exception);
    }
}
