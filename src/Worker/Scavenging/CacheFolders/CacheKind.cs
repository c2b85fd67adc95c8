namespace Understudy.Scavenging.CacheFolders;

/// <summary>The folders that Cantaloupe's FilesystemCache makes below its root; nothing else there is touched.</summary>
internal enum CacheKind
{
    /// <summary>Tiles and other derivatives.</summary>
    Image,

    /// <summary>An image's dimensions.</summary>
    Info,

    /// <summary>Whole originals, kept by Cantaloupe because its decoder can't stream them.</summary>
    Source,
}

internal static class CacheKinds
{
    public static readonly CacheKind[] All = Enum.GetValues<CacheKind>();

    public static string Folder(this CacheKind kind) => kind switch
    {
        CacheKind.Image => "image",
        CacheKind.Info => "info",
        _ => "source",
    };
}
