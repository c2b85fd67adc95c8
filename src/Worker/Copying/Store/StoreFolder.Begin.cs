using Microsoft.Win32.SafeHandles;

namespace Understudy.Copying.Store;

internal sealed partial class StoreFolder
{
    /// <summary>Makes the attempt's temporary file and its journal, in the order that <see cref="Fence"/> relies on.</summary>
    /// <param name="version">Of the source; salvaging compares it whole.</param>
    public BeginResult Begin(Guid attempt, string version)
    {
        using var copying = Copying();
        _before(StoreStep.CreatePart);
        var errno = copying.TryCreate(PartName(attempt), out var file);
        if (file is null)
            return Failed(PartName(attempt));

        _before(StoreStep.CreateJournal);
        errno = copying.TryCreate(JournalName(attempt), out var journal);
        if (journal is null)
        {
            file.Dispose();
            _before(StoreStep.TakeBackPart);
            _ = copying.TryDeleteFile(PartName(attempt));
            return Failed(JournalName(attempt));
        }

        return Start(file, journal);

        BeginResult Start(SafeFileHandle part, SafeFileHandle parts)
        {
            try
            {
                return new BeginResult.Begun(PartialFile.Start(attempt, part, parts, version));
            }
            catch (IOException e)
            {
                part.Dispose();
                parts.Dispose();
                _ = copying.TryDeleteFile(PartName(attempt));
                if (StoreException.IsNoSpace(e))
                    return new BeginResult.NoSpace();
                throw;
            }
        }

        BeginResult Failed(string name) => errno switch
        {
            Errno.EEXIST => new BeginResult.Superseded(),
            _ when errno.IsNoSpace() => new BeginResult.NoSpace(),
            _ => throw new StoreException("create", copying.At(name), errno),
        };
    }

    /// <summary>
    /// Gives the attempt's bytes up. The journal's name stays, for it also says that this attempt has begun: the sweep takes it.
    /// </summary>
    public void Discard(PartialFile part)
    {
        using var copying = Copying();
        part.Dispose();
        var errno = copying.TryDeleteFile(PartName(part.Attempt));
        if (errno is not (Errno.OK or Errno.ENOENT))
            throw new StoreException("delete", copying.At(PartName(part.Attempt)), errno);
    }

    private static string PartName(Guid attempt) => $"{attempt:N}{LeftoverNames.Part}";

    private static string JournalName(Guid attempt) => $"{attempt:N}{LeftoverNames.Journal}";

    private static string SalvageName(Guid attempt) => $"{attempt:N}{LeftoverNames.Salvage}";

    private static string RetiredName(Guid attempt) => $"{attempt:N}";
}
