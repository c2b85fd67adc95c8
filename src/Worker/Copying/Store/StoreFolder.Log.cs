namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message =
            "The store '{Root}' has no hard links: a copy that is replaced is freed at once, and a tile server that is reading it over NFS may fail (ESTALE)")]
        public static partial void NoHardLinks(ILogger logger, string root);

        [LoggerMessage(Level = LogLevel.Warning, Message =
            "The store '{Root}' is full, so what its file system can do could not be tried; it is taken for one that can do all")]
        public static partial void NotTried(ILogger logger, string root);

        [LoggerMessage(Level = LogLevel.Warning, Message =
            "The store '{Root}' can't flush folders: a power cut of the NAS may undo the last copies, which reconciling then repairs")]
        public static partial void NoFolderSync(ILogger logger, string root);

        [LoggerMessage(Level = LogLevel.Warning, Message =
            "'{Path}' is replaced without keeping the old file for its readers: it can't be linked ({Errno})")]
        public static partial void NotKept(ILogger logger, string path, Errno errno);
    }
}
