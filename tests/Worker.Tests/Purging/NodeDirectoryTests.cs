using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Understudy.Cantaloupe;

namespace Understudy.Worker.Tests.Purging;

public sealed class NodeDirectoryTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Name_has_a_node_for_each_address_of_either_kind()
    {
        var (directory, _) = Named("10.0.0.2", "10.0.0.1", "fd00::1");

        Assert.Equal(["http://10.0.0.1:8182/iiif-server", "http://10.0.0.2:8182/iiif-server", "http://[fd00::1]:8182/iiif-server"], (await directory.RefreshAsync(default)).Nodes);
    }

    [Fact]
    public async Task Name_that_can_not_be_resolved_leaves_what_was_there()
    {
        var (directory, answer) = Named("10.0.0.1");
        await directory.RefreshAsync(default);

        answer.Clear();
        var list = await directory.RefreshAsync(default);
        Assert.Equal(["http://10.0.0.1:8182/iiif-server"], list.Nodes);
        Assert.Contains("cantaloupe.local", list.Fault, StringComparison.Ordinal);

        answer.Add(IPAddress.Parse("10.0.0.3"));
        list = await directory.RefreshAsync(default);
        Assert.Null(list.Fault);
        Assert.Equal(["http://10.0.0.3:8182/iiif-server"], list.Nodes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nobody\n")]
    [InlineData("10.0.0.1\nnonsense")]
    public async Task File_that_is_empty_or_half_written_leaves_what_was_there(string text)
    {
        await File.WriteAllTextAsync(_file, "http://10.0.0.1:8182/\n\n  http://10.0.0.2:8182  \n");
        var directory = new NodeDirectory("tiles", NodeSource.Of(new ClusterOptions { NodesFrom = $"file:{_file}" }));
        var good = (await directory.RefreshAsync(default)).Nodes;
        Assert.Equal(["http://10.0.0.1:8182", "http://10.0.0.2:8182"], good);

        await File.WriteAllTextAsync(_file, text);
        var list = await directory.RefreshAsync(default);

        Assert.Equal(good, list.Nodes);
        Assert.NotNull(list.Fault);
    }

    [Fact]
    public async Task Listed_nodes_are_as_they_are_listed()
    {
        var directory = new NodeDirectory("full", NodeSource.Of(new ClusterOptions { Nodes = ["http://a:1/", "http://b:1"] }));

        Assert.Equal(["http://a:1", "http://b:1"], (await directory.RefreshAsync(default)).Nodes);
    }

    [Fact]
    public async Task Watch_looks_before_it_has_started_and_again_every_30_seconds()
    {
        var clock = new FakeTimeProvider();
        using var looked = new SemaphoreSlim(0);
        List<IPAddress> answer = [IPAddress.Parse("10.0.0.1")];
        var directory = new NodeDirectory("tiles", new NodeSource.Name(new Uri("http://cantaloupe.local:8182"), (_, _) =>
        {
            looked.Release();
            return Task.FromResult(answer.ToArray());
        }));
        using var watch = new NodeWatch([directory], clock, NullLogger<NodeWatch>.Instance);
        await watch.StartAsync(default);
        Assert.Single(directory.List.Nodes);
        Assert.True(looked.Wait(0));

        answer.Add(IPAddress.Parse("10.0.0.2"));
        // The watch waits for the clock on a thread of its own, from some time on.
        while (!await looked.WaitAsync(TimeSpan.FromMilliseconds(10)))
            clock.Advance(TimeSpan.FromSeconds(30));

        await watch.StopAsync(default);
        Assert.Equal(2, directory.List.Nodes.Count);
    }

    private static (NodeDirectory Directory, List<IPAddress> Answer) Named(params string[] addresses)
    {
        List<IPAddress> answer = [.. addresses.Select(IPAddress.Parse)];
        return (new NodeDirectory("tiles", new NodeSource.Name(
            new Uri("http://cantaloupe.local:8182/iiif-server"),
            (_, _) => answer.Count > 0 ? Task.FromResult(answer.ToArray()) : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)))), answer);
    }
}
