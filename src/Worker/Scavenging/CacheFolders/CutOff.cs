namespace Understudy.Scavenging.CacheFolders;

/// <summary>
/// What stays: everything younger than a bucket, and of that bucket as much as there is room for. It says what may be kept, not what has to go:
/// so a walk that is broken off and repeated, or that runs twice at once, removes no more than one would.
/// </summary>
internal sealed class CutOff
{
    public required int Bucket { get; init; }

    /// <summary>Of <see cref="Bucket"/>; it shrinks with each that stays.</summary>
    public required long RoomFiles { get; set; }

    public required long RoomBytes { get; set; }

    /// <summary>Null: nothing has to go.</summary>
    public static CutOff? For(AgeHistogram ages, CacheBudget budget)
    {
        var (files, bytes) = (0L, 0L);
        for (var i = 0; i <= AgeHistogram.Last; i++)
            (files, bytes) = (files + ages[i].Files, bytes + ages[i].Bytes);
        if (budget.Holds(files, bytes))
            return null;

        var (roomFiles, roomBytes) = (budget.TargetFiles(files) - ages[AgeHistogram.Untouchable].Files, budget.TargetBytes(bytes) - ages[AgeHistogram.Untouchable].Bytes);
        for (var i = AgeHistogram.Untouchable + 1; i <= AgeHistogram.Last; i++)
        {
            if (ages[i].Files > 0 && (ages[i].Files > roomFiles || ages[i].Bytes > roomBytes))
                return new CutOff { Bucket = i, RoomFiles = Math.Max(0, roomFiles), RoomBytes = Math.Max(0, roomBytes) };
            (roomFiles, roomBytes) = (roomFiles - ages[i].Files, roomBytes - ages[i].Bytes);
        }

        return null;
    }

    public bool Keeps(int bucket, long bytes)
    {
        if (bucket != Bucket)
            return bucket < Bucket;
        if (RoomFiles < 1 || RoomBytes < bytes)
            return false;
        RoomFiles--;
        RoomBytes -= bytes;
        return true;
    }
}
