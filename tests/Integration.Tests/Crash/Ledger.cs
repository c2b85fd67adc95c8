using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.Crash;

/// <summary>What was done to the workers, what was seen, and what must not have been.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, int> _faults = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private long _reads;
    private int _sends;

    public IReadOnlyCollection<string> Violations => _violations;

    public string Faults => string.Join(", ", _faults.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Value}× {f.Key}"));

    public long Reads => Interlocked.Read(ref _reads);

    public int Sends => _sends;

    public void Count(string fault) => _faults.AddOrUpdate(fault, 1, (_, n) => n + 1);

    public void CountRead() => Interlocked.Increment(ref _reads);

    public void CountSend() => Interlocked.Increment(ref _sends);

    public void Violation(string what) => _violations.Enqueue(what);
}
