using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Understudy.Catalogue;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Hosting.Configuration;
using Understudy.Scavenging;
using Understudy.Scavenging.CacheFolders;

namespace Understudy.Worker.Tests.Scavenging.CacheFolders;

public sealed class CacheFolderOptionsTests
{
    [Fact]
    public void Folder_with_a_root_and_a_budget_is_good() =>
        Assert.Empty(Errors("CacheFolders:0:Root=/cache", "CacheFolders:0:MaxBytes=100 GiB", "CacheFolders:1:Root=/other", "CacheFolders:1:MaxFiles=1000000"));

    [Theory]
    [InlineData("CacheFolders:0:Root is 'cache'; it must be an absolute path", "CacheFolders:0:Root=cache", "CacheFolders:0:MaxFiles=1")]
    [InlineData("CacheFolders:0:MaxBytes is not set; it must be set, or MaxFiles, or both", "CacheFolders:0:Root=/cache")]
    [InlineData("CacheFolders:0:MaxBytes is '0'; it must be above 0", "CacheFolders:0:Root=/cache", "CacheFolders:0:MaxBytes=0")]
    [InlineData("CacheFolders:0:MaxFiles is '0'; it must be from 1", "CacheFolders:0:Root=/cache", "CacheFolders:0:MaxFiles=0")]
    [InlineData("CacheFolders:0:MinAge is '00:00:10'; it must be from 00:01:00", "CacheFolders:0:Root=/cache", "CacheFolders:0:MaxFiles=1", "CacheFolders:0:MinAge=00:00:10")]
    [InlineData("CacheFolders:1:Root is '/cache/image'; it must neither contain nor lie in CacheFolders:0:Root", "CacheFolders:0:Root=/cache/", "CacheFolders:0:MaxFiles=1", "CacheFolders:1:Root=/cache/image", "CacheFolders:1:MaxFiles=1")]
    public void Wrong_settings_are_named(string error, params string[] settings) =>
        Assert.Contains(Errors(settings), e => e.Contains(error, StringComparison.Ordinal));

    [Fact]
    public async Task Start_is_refused_where_the_root_is_the_stores_or_a_sources_or_holds_or_lies_in_one()
    {
        using var cache = new TempCache();
        Directory.CreateDirectory(cache.At("image"));
        var alias = Path.Combine(cache.Outside, "alias");
        Directory.CreateSymbolicLink(alias, cache.Root);
        foreach (var store in new[] { cache.Root, cache.At("image"), cache.At("store/below"), Path.GetDirectoryName(cache.Root)!, "/", alias, alias + "/image" })
        {
            await RefusedAsync(cache.Root, storage: store, "Storage:Root");
            await RefusedAsync(alias, storage: store, "Storage:Root");
            await RefusedAsync(cache.Root, storage: cache.Outside, "Sources:FileRoots:1", cache.Outside, store);
        }

        await new CacheFolderCheck(Folders(cache.Root), new StorageOptions { Root = cache.Root + "2" }, new SourceOptions()).StartAsync(CancellationToken.None);
    }

    [Fact]
    public void Root_must_look_like_a_cache_or_be_empty()
    {
        using var cache = new TempCache();
        Assert.Null(CacheRoot.FaultOf(cache.Root, []));
        File.WriteAllText(cache.At("scan.jp2"), "");
        Assert.Contains("neither image nor info nor source", CacheRoot.FaultOf(cache.Root, []), StringComparison.Ordinal);
        Directory.CreateDirectory(cache.At("info"));
        Assert.Null(CacheRoot.FaultOf(cache.Root, []));
        Assert.Contains("no such folder", CacheRoot.FaultOf(cache.At("none"), []), StringComparison.Ordinal);
        Assert.Contains("no such folder", CacheRoot.FaultOf(cache.At("scan.jp2"), []), StringComparison.Ordinal);
        Assert.Contains("root of the file system", CacheRoot.FaultOf("/", []), StringComparison.Ordinal);
        Assert.Contains("absolute", CacheRoot.FaultOf("cache", []), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string root, string storage, string key, params string[] sources)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            new CacheFolderCheck(Folders(root), new StorageOptions { Root = storage }, new SourceOptions { FileRoots = sources }).StartAsync(CancellationToken.None));
        Assert.Contains("Scavenging:CacheFolders:0:Root", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Contains(key, StringComparison.Ordinal) || sources.Length > 0, refused.Message);
    }

    private static ScavengingOptions Folders(string root) => new() { CacheFolders = [TempCache.Options(root, 1)] };

    private static IReadOnlyList<string> Errors(params string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => s.Split('=')).ToDictionary(s => "Scavenging:" + s[0], s => (string?)s[1])).Build();
        var services = new ServiceCollection();
        services.AddScavenging(configuration);
        return services.OptionsSections().Errors(configuration);
    }
}
