using System.Text.RegularExpressions;

namespace Understudy.Copying.Store;

internal enum LeftoverKind
{
    /// <summary>A temporary file: being written, or left by an attempt that died.</summary>
    Part,
    Journal,

    /// <summary>A part that was taken from a fenced attempt.</summary>
    Salvage,

    /// <summary>The bar that keeps a fenced attempt from beginning or removing. To be kept for as long as a paused worker may wake up: days.</summary>
    Tombstone,

    /// <summary>A replaced or removed file, kept for its readers.</summary>
    Retired,

    /// <summary>A file of the check at start.</summary>
    Probe,

    /// <summary>Not made by this service: reported, never touched.</summary>
    Foreign,
}

/// <summary>Something in the reserved folder.</summary>
/// <param name="Bytes">
/// Of the file. A retired file that has another name yet (its attempt died before the rename) is counted with its full length.
/// </param>
/// <param name="Age">Since its last change, by the file system's own clock: for a retired file, since it was retired.</param>
internal sealed record Leftover(LeftoverKind Kind, string Folder, string Name, Guid? Attempt, long Bytes, TimeSpan Age);

internal static partial class LeftoverNames
{
    public const string Part = ".part";
    public const string Journal = ".journal";
    public const string Salvage = ".salvage";

    public static (LeftoverKind Kind, Guid? Attempt) Classify(string folder, string name, Entry entry)
    {
        if (entry.Kind == EntryKind.File && ProbeName().IsMatch(name))
            return (LeftoverKind.Probe, null);
        if (name.Length < 32 || !Guid.TryParseExact(name[..32], "N", out var attempt) || name[..32] != attempt.ToString("N"))
            return (LeftoverKind.Foreign, null);

        LeftoverKind? kind = (folder, name[32..], entry.Kind) switch
        {
            (ReservedFolders.Copying, Part, EntryKind.File) => LeftoverKind.Part,
            // Begin writes a header at once; what is empty was planted by Fence.
            (ReservedFolders.Copying, Journal, EntryKind.File) => entry.Length == 0 ? LeftoverKind.Tombstone : LeftoverKind.Journal,
            (ReservedFolders.Copying, Salvage, EntryKind.File) => LeftoverKind.Salvage,
            (ReservedFolders.Retired, "", EntryKind.File) => LeftoverKind.Retired,
            (ReservedFolders.Retired, "", EntryKind.Folder) => LeftoverKind.Tombstone,
            _ => null,
        };
        return kind is { } known ? (known, attempt) : (LeftoverKind.Foreign, null);
    }

    [GeneratedRegex(@"^\.?[0-9a-f]{32}-a\u00e9\.probe$")]
    private static partial Regex ProbeName();
}
