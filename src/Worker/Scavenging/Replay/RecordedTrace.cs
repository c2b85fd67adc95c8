using Understudy.Contracts;

namespace Understudy.Scavenging.Replay;

/// <summary>What a worker recorded, in a file that is gone when this is: a replay reads it twice.</summary>
internal sealed class RecordedTrace(string path) : IDisposable
{
    public string Path => path;

    /// <summary>Nothing but the heading.</summary>
    public bool IsEmpty => File.ReadLines(path).Skip(1).FirstOrDefault() is null;

    public static async Task<RecordedTrace> FetchAsync(UnderstudyClient worker, DateTimeOffset? since, CancellationToken cancel)
    {
        var trace = new RecordedTrace(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"understudy-uses-{Guid.NewGuid():n}.csv"));
        try
        {
            await using var file = File.Create(trace.Path);
            await worker.CopyUsesAsync(file, since, cancel);
            return trace;
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Delete(path);
}
