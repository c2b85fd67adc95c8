using Microsoft.Extensions.Configuration;
using Understudy.Hosting.Listening;

namespace Understudy.Worker.Tests.Hosting;

public class ListenAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://127.9.9.9:80", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://localhost:80", true)]
    [InlineData("http://LocalHost:80", true)]
    [InlineData("http://unix:/run/understudy.sock", true)]
    [InlineData("http://0.0.0.0:80", false)]
    [InlineData("http://[::]:80", false)]
    [InlineData("http://*:80", false)]
    [InlineData("http://+:80", false)]
    [InlineData("http://10.0.0.5:80", false)]
    [InlineData("http://localhost.example.org:80", false)]
    [InlineData("nonsense", false)]
    public void IsLoopback_is_true_only_for_what_no_other_machine_reaches(string address, bool loopback) =>
        Assert.Equal(loopback, ListenAddresses.IsLoopback(address));

    [Fact]
    public void Of_follows_Kestrels_precedence()
    {
        Assert.Equal(["http://*:9"], Of(("http_ports", "9")));
        Assert.Equal(["http://a:1", "http://b:2"], Of(("http_ports", "9"), ("Urls", "http://a:1; http://b:2")));
        Assert.Equal(["http://c:3"], Of(("http_ports", "9"), ("Urls", "http://a:1"), ("Kestrel:Endpoints:X:Url", "http://c:3")));
        Assert.Empty(Of());
    }

    private static IReadOnlyList<string> Of(params (string Key, string Value)[] values) =>
        ListenAddresses.Of(new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build());
}
