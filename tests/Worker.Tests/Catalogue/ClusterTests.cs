using System.Text;
using Understudy.Catalogue;
using Understudy.Catalogue.Private;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class ClusterTests
{
    [Theory]
    [InlineData(10, true)]
    [InlineData(77, true)]
    [InlineData(78, false)]
    [InlineData(300, false)]
    public void Socket_is_below_the_data_directory_as_long_as_its_path_fits(int length, bool nearby)
    {
        var cluster = new Cluster(new DataDirectory("/" + new string('d', length - 1)));

        Assert.Equal(nearby, cluster.SocketIsNearby);
        Assert.InRange(Encoding.UTF8.GetByteCount(cluster.Socket), 1, 107);
    }

    [Fact]
    public void Socket_is_found_again_by_the_next_worker() =>
        Assert.Equal(new Cluster(new DataDirectory("/" + new string('d', 200))).Socket, new Cluster(new DataDirectory("/" + new string('d', 200))).Socket);

    [Fact]
    public void Name_differs_between_data_directories() =>
        Assert.NotEqual(new Cluster(new DataDirectory("/a")).Name, new Cluster(new DataDirectory("/b")).Name);
}
