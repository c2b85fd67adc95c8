using Understudy.Bench.Contenders;

namespace Understudy.Bench.Purge;

/// <summary>A worker that purges fake nodes. They are named in a file, not as a list, so that it doesn't warm them.</summary>
internal static class PurgeWorker
{
    public static async Task<WorkerService> StartAsync(
        string executable, FakeNodes nodes, string store, TimeSpan settle, Uri? s3, string folder, CancellationToken cancel)
    {
        var list = Path.Combine(Directory.CreateDirectory(folder).FullName, "nodes");
        await File.WriteAllLinesAsync(list, nodes.Addresses.Select(a => a.ToString().TrimEnd('/')), cancel);
        var settings = new Dictionary<string, string>
        {
            ["Cantaloupe__Tiles__NodesFrom"] = $"file:{list}",
            ["Cantaloupe__Tiles__ApiUser"] = FakeNodes.User,
            ["Cantaloupe__Tiles__ApiSecret"] = FakeNodes.Secret,
            ["Cantaloupe__SettleTime"] = settle.ToString("c"),
        };
        if (s3 is not null)
        {
            settings["Aws__ServiceUrl"] = s3.ToString().TrimEnd('/');
            settings["Aws__ForcePathStyle"] = "true";
            settings["Sources__AllowedBuckets__0"] = RefreshSources.Bucket;
        }

        return await WorkerService.StartAsync(executable, settings, store, folder, cancel);
    }
}
