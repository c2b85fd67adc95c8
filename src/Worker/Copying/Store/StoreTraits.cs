namespace Understudy.Copying.Store;

/// <summary>What the store's file system can do, tried out at start.</summary>
/// <param name="HardLinks">Without them a replaced file is freed under its readers (NFS: ESTALE).</param>
/// <param name="FolderSync">Without it a power cut of the NAS may undo the last renames: the old file is back, whole.</param>
internal sealed record StoreTraits(bool HardLinks, bool FolderSync);
