using System.Globalization;
using Understudy.Hosting;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>Tells whoever waits, not more often than it is worth; checkpoints are made only then, too.</summary>
internal sealed class SweepNotes(Func<string?, string, double?, Task> note, TimeSpan interval, TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private string? _checkpoint;

    /// <summary>In the middle of a slice; the checkpoint stays the last one, for what this slice has added can't be told apart.</summary>
    public ValueTask TellAsync(SweepState state, double ofKind) => IsDue() ? new(SayAsync(state, ofKind)) : ValueTask.CompletedTask;

    public async Task SliceDoneAsync(SweepState state, double ofKind)
    {
        if (!IsDue())
            return;
        _checkpoint = state.ToCheckpoint();
        await SayAsync(state, ofKind);
    }

    private bool IsDue() => time.GetElapsedTime(_last) >= interval;

    private async Task SayAsync(SweepState state, double ofKind)
    {
        await note(_checkpoint, Text(state), ((int)state.Phase + (((int)state.Kind + ofKind) / CacheKinds.All.Length)) / 2);
        _last = time.GetTimestamp();
    }

    private static string Text(SweepState state)
    {
        var tallies = state.Tallies.Values;
        return state.Phase == SweepPhase.Count
            ? string.Create(CultureInfo.InvariantCulture, $"counted {tallies.Sum(t => t.Files):N0} files, {new ByteSize(tallies.Sum(t => t.Bytes))}")
            : string.Create(CultureInfo.InvariantCulture, $"removed {tallies.Sum(t => t.RemovedFiles):N0} of {tallies.Sum(t => t.Files):N0} files, {new ByteSize(tallies.Sum(t => t.RemovedBytes))}");
    }
}
