using Understudy.Hosting.Configuration;

namespace Understudy.Copying.Sources;

/// <summary>Section <c>Sources</c>: what may be read.</summary>
internal sealed class SourceOptions : ICheckedOptions
{
    public const string Section = "Sources";

    /// <summary>Buckets that may be read; <c>*</c> allows every one that the credentials can. Empty: none.</summary>
    public string[] AllowedBuckets { get; set; } = [];

    /// <summary>Folders below which files may be read, absolute. Empty: none.</summary>
    public string[] FileRoots { get; set; } = [];

    /// <summary>
    /// The source of an asset whose events name none, with <c>{customer}</c>, <c>{space}</c> and <c>{asset}</c>:
    /// <c>s3://bucket/{customer}/{space}/{asset}</c>.
    /// </summary>
    public string? Template { get; set; }

    /// <summary>Whether JPEG and TIFF sources (DLCS's <c>use-original</c>) are copied as well; else they are refused by their bytes.</summary>
    public bool AllowOtherFormats { get; set; }

    public IEnumerable<BrokenRule> Check()
    {
        for (var i = 0; i < FileRoots.Length; i++)
        {
            if (!Path.IsPathFullyQualified(FileRoots[i]))
                yield return new($"{nameof(FileRoots)}:{i}", "must be an absolute path");
        }

        if (Template is not null && SourceUri.Parse(Template, out var error) is null)
            yield return new(nameof(Template), $"must make sources: {error}");
    }
}
