using Understudy.Contracts;

namespace Understudy.Dashboard.Tests.SignIn;

public sealed class DashboardOptionsTests
{
    [Fact]
    public void Options_that_would_let_anybody_in_are_refused()
    {
        var options = new DashboardOptions
        {
            Api = new Uri("ftp://worker"),
            PathBase = "understudy/",
            Proxy = new() { UserHeader = "X-User", Addresses = ["proxy.local"], Roles = { ["ops"] = Role.Operate } },
        };

        Assert.Equal(["Api", "PathBase", "Proxy:Addresses:0", "Proxy:OperateKey"], options.Broken().Select(b => b.Key));
        options.Proxy.Addresses = [];
        options.Proxy.Roles.Clear();
        Assert.Equal(["Api", "PathBase", "Proxy:Addresses", "Proxy:Roles"], options.Broken().Select(b => b.Key));
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.0.0.7")]
    [InlineData("fd00::/8")]
    public void Proxy_is_named_by_address_or_network(string address) =>
        Assert.Empty(new DashboardOptions { Proxy = new() { Addresses = [address], UserHeader = "X-User", Roles = { ["*"] = Role.Read }, ReadKey = "reader-0123456789" } }.Broken());

    [Theory]
    [InlineData("/understudy", true)]
    [InlineData("/a/b-c_d.e", true)]
    [InlineData("/", false)]
    [InlineData("/a/", false)]
    [InlineData("//a", false)]
    [InlineData("/a b", false)]
    [InlineData("/..", false)]
    public void Prefix_is_a_plain_path(string text, bool isOne) => Assert.Equal(isOne, DashboardOptions.IsPath(text));
}
