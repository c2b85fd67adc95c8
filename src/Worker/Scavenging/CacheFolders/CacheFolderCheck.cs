using Understudy.Catalogue;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>Refuses to start where a folder that would be swept can't be one of Cantaloupe's caches.</summary>
internal sealed class CacheFolderCheck(ScavengingOptions options, StorageOptions storage, SourceOptions sources) : IHostedService
{
    public Task StartAsync(CancellationToken cancel)
    {
        (string, string)[] others = [("Storage:Root", storage.Root!), .. sources.FileRoots.Select((root, i) => ($"Sources:FileRoots:{i}", root))];
        foreach (var (i, folder) in options.CacheFolders.Index())
        {
            if (CacheRoot.FaultOf(folder.Root, others) is { } fault)
                throw new StartRefusedException($"Scavenging:CacheFolders:{i}:Root is '{folder.Root}'; it {fault}");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
}
