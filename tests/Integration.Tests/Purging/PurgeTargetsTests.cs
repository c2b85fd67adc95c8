using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Understudy.Aws;
using Understudy.Copying.Sources;
using Understudy.Hosting.Configuration;
using Understudy.Integration.Tests.TestKit;
using Understudy.Purging.Targets;
using Understudy.Warming;

namespace Understudy.Integration.Tests.Purging;

public sealed class PurgeTargetsTests
{
    [Fact]
    public async Task Targets_are_what_the_settings_name_and_nodes_come_and_go_with_their_file()
    {
        using var folder = new TempFolder();
        var list = Path.Combine(folder.Path, "nodes");
        await File.WriteAllTextAsync(list, "http://10.0.0.1:8182/\n# spare\nhttp://10.0.0.2:8182\n");
        await using var services = Services(new()
        {
            ["Cantaloupe:Tiles:NodesFrom"] = $"file:{list}",
            ["Cantaloupe:Full:Nodes:0"] = "http://10.0.0.9:8182",
            ["Purging:InfoJsonStore"] = "s3://dlcs-storage/{customer}/{space}/{asset}/info/",
            ["Purging:Varnish:0:Url"] = "http://10.0.0.20:6081/",
            ["Purging:CloudFront:DistributionId"] = "E123",
            ["Purging:Webhooks:0:Name"] = "orchestrator",
            ["Purging:Webhooks:0:Url"] = "http://10.0.0.30/purged",
        });
        Assert.Empty(services.GetRequiredService<OptionsSections>().Errors(services.GetRequiredService<IConfiguration>()));
        var targets = services.GetRequiredService<PurgeTargets>();
        Assert.NotNull(targets.Unknown);
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(default);
        Assert.Null(targets.Unknown);

        Assert.Equal(
            ["tiles http://10.0.0.1:8182", "tiles http://10.0.0.2:8182", "full http://10.0.0.9:8182", "infojson s3://dlcs-storage", "varnish http://10.0.0.20:6081", "cloudfront E123", "webhook orchestrator"],
            targets.Current.Select(t => t.Name));
        var first = targets.Current[0];
        Assert.Equal(3, targets.Current.OfType<IVerifiableTarget>().Count());

        await File.WriteAllTextAsync(list, "http://10.0.0.1:8182\nhttp://10.0.0.3:8182\n");
        var directory = services.GetRequiredService<NodeDirectories>().Tiles;
        await directory.RefreshAsync(default);
        Assert.Equal(["tiles http://10.0.0.1:8182", "tiles http://10.0.0.3:8182"], targets.Current.Take(2).Select(t => t.Name));
        Assert.Same(first, targets.Current[0]);

        File.Delete(list);
        Assert.NotNull((await directory.RefreshAsync(default)).Fault);
        Assert.Equal(2, directory.List.Nodes.Count);
        foreach (var service in services.GetServices<IHostedService>())
            await service.StopAsync(default);
    }

    [Fact]
    public async Task Nodes_that_could_never_be_looked_up_are_unknown_and_not_none()
    {
        await using var services = Services(new() { ["Cantaloupe:Tiles:NodesFrom"] = "file:/no/such/list" });
        var directories = services.GetRequiredService<NodeDirectories>();
        await directories.Tiles.RefreshAsync(default);
        await directories.Full.RefreshAsync(default);

        Assert.Contains("/no/such/list", services.GetRequiredService<PurgeTargets>().Unknown, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<IConfiguration>(configuration);
        services.AddAws(configuration).AddSingleton<S3Access>().AddWarming(configuration).AddTargets(configuration);
        return services.BuildServiceProvider();
    }
}
