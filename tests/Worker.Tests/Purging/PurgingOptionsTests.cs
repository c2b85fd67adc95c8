using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Understudy.Cantaloupe;
using Understudy.Hosting.Configuration;
using Understudy.Purging.Targets;

namespace Understudy.Worker.Tests.Purging;

public sealed class PurgingOptionsTests
{
    [Fact]
    public void Nothing_set_is_fine() => Assert.Empty(Errors());

    [Theory]
    [InlineData("Purging:InfoJsonStore", "s3://b/{customer}/{space}/{asset}/info", "end with a slash")]
    [InlineData("Purging:InfoJsonStore", "s3://b/{customer}/{space}/info/", "or it would be that of other assets")]
    [InlineData("Purging:InfoJsonStore", "s3://{customer}/{id}/info/", "in the key only")]
    [InlineData("Purging:InfoJsonStore", "/data/{id}/", "in the key only")]
    [InlineData("Purging:InfoJsonStore", "s3://b/{id}/{image}/", "has '{image}'")]
    [InlineData("Purging:Varnish:0:Url", "10.0.0.20:6081", "must be an address")]
    [InlineData("Purging:Varnish:0:Header", "x id", "must match")]
    [InlineData("Purging:Varnish:0:Mode", "Flush", "must be one of Ban, Purge, XKey")]
    [InlineData("Purging:Webhooks:0:Name", "a b", "must match")]
    [InlineData("Purging:Webhooks:0:Url", "ftp://host/", "must be an address")]
    [InlineData("Purging:Webhooks:0:Secret", "short", "at least 16")]
    [InlineData("Purging:CloudFront:DistributionId", "https://x", "must match")]
    [InlineData("Cantaloupe:Tiles:NodesFrom", "dns:https://cantaloupe.local:8182", "must have an http address")]
    [InlineData("Cantaloupe:Tiles:NodesFrom", "file:nodes", "file:/absolute/path")]
    [InlineData("Cantaloupe:Tiles:NodesFrom", "http://node:8182", "dns:http://name:port")]
    [InlineData("Cantaloupe:Tiles:ApiSecret", "with:colon-and-more", "must not have a colon")]
    [InlineData("Cantaloupe:Full:ApiUser", "admin", "must be set where the other")]
    [InlineData("Cantaloupe:Full:TaskTimeout", "00:00:00", "must be from")]
    public void Wrong_value_is_named_with_what_is_allowed(string key, string value, string said) =>
        Assert.Contains(Errors((key, value)), e => e.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void Secrets_are_not_shown()
    {
        var errors = Errors(("Cantaloupe:Tiles:ApiSecret", "hush:hush"), ("Purging:Webhooks:0:Secret", "hush"));

        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, e => e.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public void Targets_that_would_have_one_name_are_refused()
    {
        var errors = Errors(
            ("Purging:Varnish:0:Url", "http://v:80"), ("Purging:Varnish:1:Url", "http://V:80/"),
            ("Purging:Webhooks:0:Name", "a"), ("Purging:Webhooks:0:Url", "http://w"), ("Purging:Webhooks:1:Name", "a"), ("Purging:Webhooks:1:Url", "http://w"));

        Assert.Equal(2, errors.Count(e => e.Contains("is there twice", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Errors(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var services = new ServiceCollection();
        services.AddValidatedOptions<PurgingOptions>(configuration, PurgingOptions.Section);
        services.AddValidatedOptions<CantaloupeOptions>(configuration, CantaloupeOptions.Section);
        return services.OptionsSections().Errors(configuration);
    }
}
