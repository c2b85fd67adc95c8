namespace Understudy.Copying.Store;

/// <summary>The steps of the store's protocols. Tests stop, crash or interleave them just before each.</summary>
internal enum StoreStep
{
    CreatePart,
    CreateJournal,
    TakeBackPart,

    SyncPart,
    KeepOld,
    SyncKept,
    RenameOver,
    SyncPublished,
    DropJournal,

    BarBegin,
    TakePart,
    BarRetire,
    SyncBars,

    LookAtFinal,
    MoveAway,
    SyncRemoved,
    PruneFolder,
}
