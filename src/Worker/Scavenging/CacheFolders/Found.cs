using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

internal enum FoundKind
{
    /// <summary>A derivative, an info or a cached original, whole.</summary>
    File,

    /// <summary>One that is being written, or was when its server died.</summary>
    Temporary,

    /// <summary>A folder that has been walked through.</summary>
    Folder,

    /// <summary>Nothing of Cantaloupe's.</summary>
    Stranger,

    /// <summary>It was listed, and was gone when it was looked at.</summary>
    Vanished,

    /// <summary>The file system refused to show it.</summary>
    Fault,
}

/// <summary>What a walk came upon.</summary>
/// <param name="In">The open folder that it is in.</param>
/// <param name="Entry">What it was when it was looked at; a folder, before it was walked through.</param>
/// <param name="IsEmpty">Of a folder.</param>
/// <param name="Reason">Of a fault.</param>
internal readonly record struct Found(FoundKind What, Folder In, string Name, Entry Entry = default, bool IsEmpty = false, string? Reason = null);
