using System.Collections.Concurrent;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>What the server saw and sent; safe to read at any time.</summary>
internal sealed class FaultyTraffic
{
    private readonly ConcurrentQueue<FaultyExchange> _exchanges = new();
    private readonly ConcurrentDictionary<(string, string, string, string?), int> _numbers = new();
    private int _requests;

    public HighWater Connections { get; } = new();

    public HighWater ConcurrentRequests { get; } = new();

    public IReadOnlyList<FaultyExchange> Exchanges => [.. _exchanges];

    public int Requests => _exchanges.Count;

    public long BytesSent(string key) => _exchanges.Where(e => e.Request.Key == key).Sum(e => e.BytesSent);

    public long BytesSent(string key, string? range) =>
        _exchanges.Where(e => e.Request.Key == key && e.Request.Range == range).Sum(e => e.BytesSent);

    public int RequestsOf(string key, string? range) => _exchanges.Count(e => e.Request.Key == key && e.Request.Range == range);

    internal (int Number, int OfKey, int OfRange) Count(string method, string bucket, string key, string? range) =>
        (Interlocked.Increment(ref _requests),
            _numbers.AddOrUpdate((method, bucket, key, "any"), 1, (_, n) => n + 1),
            _numbers.AddOrUpdate((method, bucket, key, "range " + range), 1, (_, n) => n + 1));

    internal void Add(FaultyExchange exchange) => _exchanges.Enqueue(exchange);
}
