namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// Works for a share of the time. A slow file server so gets fewer questions than a fast one, and one that viewers keep busy
/// fewer than an idle one.
/// </summary>
internal sealed class Pace(int busyPercent, TimeProvider time)
{
    private static readonly TimeSpan Stint = TimeSpan.FromMilliseconds(20);

    // A server that hung for a minute is answering again.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);

    private long _since = time.GetTimestamp();

    public ValueTask RestAsync(CancellationToken cancel)
    {
        if (busyPercent >= 100 || time.GetElapsedTime(_since) is var worked && worked < Stint)
            return ValueTask.CompletedTask;
        var rest = worked * ((100.0 - busyPercent) / busyPercent);
        return new(SleepAsync(rest < LongestRest ? rest : LongestRest, cancel));
    }

    private async Task SleepAsync(TimeSpan rest, CancellationToken cancel)
    {
        await Task.Delay(rest, time, cancel);
        _since = time.GetTimestamp();
    }
}
