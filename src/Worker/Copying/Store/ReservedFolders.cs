namespace Understudy.Copying.Store;

/// <summary>The folders below the root that no asset's path can name: <see cref="StorePath"/> refuses it.</summary>
internal static class ReservedFolders
{
    public const string Name = ".understudy";
    public const string Copying = "copying";
    public const string Retired = "retired";

    /// <summary>Opened anew each time: should someone delete them, they are made again.</summary>
    public static Folder Open(Folder root, string name)
    {
        var walk = Walk.Down(root, [Name, name], create: true);
        return walk.End switch
        {
            WalkEnd.Reached => walk.Folder!,
            WalkEnd.NoSpace => throw new StoreException("make folder", root.At($"{Name}/{name}"), Errno.ENOSPC),
            _ => throw new StoreException(walk.Reason ?? "the reserved folder vanished"),
        };
    }
}
