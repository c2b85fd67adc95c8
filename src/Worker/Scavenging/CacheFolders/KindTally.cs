namespace Understudy.Scavenging.CacheFolders;

/// <summary>What a sweep met in one of the three folders, and what came of it.</summary>
internal sealed class KindTally
{
    /// <summary>Cantaloupe's, temporary ones included.</summary>
    public long Files { get; set; }

    public long Bytes { get; set; }

    /// <summary>Also those that somebody else removed just before.</summary>
    public long RemovedFiles { get; set; }

    public long RemovedBytes { get; set; }

    public long Folders { get; set; }

    public long RemovedFolders { get; set; }

    /// <summary>Of <see cref="Files"/>: too young to go.</summary>
    public long Young { get; set; }

    /// <summary>Of <see cref="Files"/>: being written, or left by a server that died less than two days ago.</summary>
    public long Temporary { get; set; }

    /// <summary>Of <see cref="Files"/>: read at least a second after they were written. None of many: the file system doesn't keep access times.</summary>
    public long ReadLater { get; set; }

    /// <summary>Left alone, since they were used between the two walks.</summary>
    public long UsedMeanwhile { get; set; }

    /// <summary>Names that Cantaloupe didn't make: never touched, never counted against the budget.</summary>
    public long Strangers { get; set; }

    /// <summary>What somebody else removed meanwhile.</summary>
    public long Vanished { get; set; }

    /// <summary>How often the file system refused something.</summary>
    public long Faults { get; set; }
}
