using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>Keeps what was logged, and shows it with the test.</summary>
internal sealed class TestLog<T> : ILogger<T>
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public ConcurrentQueue<string> Lines { get; } = new();

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        Lines.Enqueue(line);
        _output?.WriteLine($"{level}: {line} {exception}");
    }

    public bool IsEnabled(LogLevel level) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
