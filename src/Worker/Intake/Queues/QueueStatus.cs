using Understudy.Aws;
using Understudy.Contracts;

namespace Understudy.Intake.Queues;

/// <summary>How one queue stands, for the API, the metrics and the health check. Written by its receiver, read by anybody.</summary>
internal sealed class QueueStatus(QueueOptions options)
{
    private volatile string? _fault = "not read yet";
    private volatile SqsQueue? _seen;
    private long _newestLag = -1;

    public string Name => options.Name;

    /// <summary>Why it can't be read at the moment; null: it is read.</summary>
    public string? Fault => _fault;

    public SqsQueue? Seen
    {
        get => _seen;
        set => _seen = value;
    }

    /// <summary>For how long the message that was received last had been in the queue; null before the first.</summary>
    public TimeSpan? Lag
    {
        get => Interlocked.Read(ref _newestLag) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;
        set => Interlocked.Exchange(ref _newestLag, Math.Max(0, value?.Ticks ?? 0));
    }

    public Func<int> Held { get; set; } = static () => 0;

    /// <returns>Whether that is news.</returns>
    public bool Report(string? fault)
    {
        var isNews = _fault != fault;
        _fault = fault;
        return isNews;
    }

    public QueueView View() => new(
        Name, options.Priority, options.Concurrency, Fault, Seen?.Waiting, Seen?.InFlight, Seen?.Delayed, Held(), Lag?.TotalSeconds, Seen?.DeadLetters, Seen?.MaxDeliveries);
}
