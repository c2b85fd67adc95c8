using System.Globalization;

namespace Understudy.Catalogue;

/// <summary>
/// One worker a data directory: held from the first use until the process ends, however it ends, because the kernel lets go of it.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectoryLock(FileStream held, Guid nodeKey)
    {
        _lock = held;
        NodeKey = nodeKey;
    }

    /// <summary>Who this worker is, also after a restart: it is kept in the directory. What its former self leased is its own.</summary>
    public Guid NodeKey { get; }

    /// <exception cref="StartRefusedException">Another worker has it.</exception>
    public static DataDirectoryLock Acquire(DataDirectory directory)
    {
        // The process id is in a file of its own: .NET takes a shared lock to read, which the holder's exclusive one denies.
        var pidFile = directory.File("worker.pid");
        FileStream? held = null;
        try
        {
            held = new FileStream(directory.File("worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new(held, ReadOrMakeNodeKey(directory));
        }
        catch (UnauthorizedAccessException e)
        {
            held?.Dispose();
            throw new StartRefusedException($"{DataDirectory.Key} is {directory.Path}, which user {Environment.UserName} can't write: {e.Message}", e);
        }
        catch (IOException e) when (held is null && File.Exists(pidFile))
        {
            throw new StartRefusedException(
                $"{DataDirectory.Key} {directory.Path} is in use by the worker with process id {File.ReadAllText(pidFile)}: stop it, or give this one a {DataDirectory.Key} of its own", e);
        }
        catch (IOException e)
        {
            held?.Dispose();
            throw new StartRefusedException($"{DataDirectory.Key} is {directory.Path}, which can't be written: {e.Message}", e);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static Guid ReadOrMakeNodeKey(DataDirectory directory)
    {
        var file = directory.File("node-id");
        if (File.Exists(file) && Guid.TryParse(File.ReadAllText(file), out var known))
            return known;
        var key = Guid.NewGuid();
        // Beside and over, so that a crash can't leave half of one.
        File.WriteAllText(file + ".new", key.ToString());
        File.Delete(file);
        File.Move(file + ".new", file);
        return key;
    }
}
