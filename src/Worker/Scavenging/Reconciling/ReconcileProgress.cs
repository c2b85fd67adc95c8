using System.Globalization;
using Understudy.Copying.Store;

namespace Understudy.Scavenging.Reconciling;

/// <summary>
/// For people: how far a run is, and how long it will take at this pace. By how many of the names in the folders above lie behind, for how many files there are
/// nobody knows before the end; and by bytes, which is right where the file system holds nothing but the store, and too long else.
/// </summary>
internal sealed class ReconcileProgress(ReconcileState state, StoreSpace space, TimeProvider time)
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(1000);

    private readonly long _since = time.GetTimestamp();
    private readonly (long Files, long Bytes) _before = (state.Files, state.Bytes);
    private double? _from;

    public string Say(double fraction)
    {
        _from ??= fraction;
        var elapsed = time.GetElapsedTime(_since);
        var (files, bytes) = (state.Files - _before.Files, state.Bytes - _before.Bytes);
        if (files == 0 || elapsed <= TimeSpan.Zero)
            return $"{state}";
        var text = string.Create(CultureInfo.InvariantCulture, $"{state}; {state.Bytes} bytes seen, {files / elapsed.TotalSeconds:0} files/s, {bytes / elapsed.TotalSeconds / 1e6:0.0} MB/s");
        if (Left(elapsed, fraction - _from.Value, 1 - fraction) is { } byNames)
            text += $", about {byNames} left";
        if (Left(elapsed, bytes, space.TotalBytes - space.FreeBytes - state.Bytes) is { } byBytes)
            text += $" ({byBytes} if all that the file system holds is the store)";
        return text;
    }

    private static string? Left(TimeSpan elapsed, double done, double todo)
    {
        if (done <= 0 || todo < 0 || elapsed.TotalHours * (todo / done) > TooLong.TotalHours)
            return null;
        var left = elapsed * (todo / done);
        return left < TimeSpan.FromMinutes(90)
            ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalMinutes:0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0.0} h");
    }
}
