namespace Understudy.Scavenging.CacheFolders;

/// <param name="LowWaterPercent">How far down a sweep goes with what is over; what isn't over only has to stay so.</param>
internal sealed record CacheBudget(long? MaxFiles, long? MaxBytes, int LowWaterPercent)
{
    public bool Holds(long files, long bytes) => files <= (MaxFiles ?? long.MaxValue) && bytes <= (MaxBytes ?? long.MaxValue);

    public long TargetFiles(long files) => Target(files, MaxFiles);

    public long TargetBytes(long bytes) => Target(bytes, MaxBytes);

    private long Target(long now, long? most) =>
        most is not { } limit ? long.MaxValue : now > limit ? (long)(limit * (LowWaterPercent / 100m)) : limit;
}
