using Understudy.Aws;
using Understudy.Copying.Sources;
using Understudy.Integration.Tests.TestKit;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Infos;

namespace Understudy.Integration.Tests.Purging;

public sealed class InfoJsonStoreTests(FauxqsServer emulator) : IAsyncLifetime
{
    private const string Infos = "{customer}/{space}/{asset}/info/";

    private S3Access _access = null!;
    private string _bucket = "";

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
        _access = AccessTo(emulator.ServiceUrl);
        _bucket = await emulator.NewBucketAsync();
    }

    public ValueTask DisposeAsync()
    {
        _access.Dispose();
        return default;
    }

    [Fact]
    public async Task Everything_below_the_prefix_goes_and_nothing_beside_it()
    {
        string[] stays = ["2/5/a", "2/5/a/info", "2/5/a/thumbs/200.jpg", "2/5/ab/info/Cantaloupe/v3/info.json", "12/5/a/info/Cantaloupe/v3/info.json", "2/5/A/info/x"];
        await PutAsync([.. stays, "2/5/a/info/Cantaloupe/v2/info.json", "2/5/a/info/Cantaloupe/v3/info.json", "2/5/a/info/x y+é"]);

        Assert.IsType<PurgeReply.Purged>(await PurgeAsync("2/5/a"));

        Assert.Equal(stays.Order(StringComparer.Ordinal), await KeysAsync());
        Assert.IsType<PurgeReply.Purged>(await PurgeAsync("2/5/a"));
    }

    [Fact]
    public async Task Name_with_dots_is_a_name_and_no_way_out()
    {
        await PutAsync("2/5/../info/x", "2/info/x", "2/5/info/x");

        Assert.IsType<PurgeReply.Purged>(await PurgeAsync("2/5/.."));

        Assert.Equal(["2/5/info/x", "2/info/x"], await KeysAsync());
    }

    [Fact]
    public async Task More_objects_than_a_page_has_all_go()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1005), async (i, _) => await PutAsync($"2/5/a/info/{i}"));

        Assert.IsType<PurgeReply.Purged>(await PurgeAsync("2/5/a"));

        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Many_assets_are_purged_together()
    {
        await PutAsync([.. Enumerable.Range(0, 30).SelectMany(i => new[] { $"2/5/{i}/info/v2", $"2/5/{i}/info/v3" }), "2/5/30/info/v3"]);

        var replies = await Store().PurgeAsync([.. Enumerable.Range(0, 30).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.Equal(30, replies.OfType<PurgeReply.Purged>().Count());
        Assert.Equal(["2/5/30/info/v3"], await KeysAsync());
    }

    [Fact]
    public async Task Bucket_that_is_not_there_is_refused() =>
        Assert.IsType<PurgeReply.Refused>((await new InfoJsonStore($"s3://no-such-{Guid.NewGuid():n}/{Infos}", _access).PurgeAsync([Subjects.Refreshed("2/5/a")], default)).Single());

    [Fact]
    public async Task Store_that_may_not_be_changed_is_refused_with_what_it_needs()
    {
        await using var strict = await HttpReceiver.StartAsync(_ => new(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>", ("Content-Type", "application/xml")));
        using var access = AccessTo(strict.Address);

        var replies = await new InfoJsonStore($"s3://some-bucket/{Infos}", access).PurgeAsync([Subjects.Refreshed("2/5/a")], default);

        Assert.Contains("s3:DeleteObject", Assert.IsType<PurgeReply.Refused>(replies.Single()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_that_is_away_is_not_yet()
    {
        using var access = AccessTo("http://127.0.0.1:1");

        Assert.IsType<PurgeReply.NotYet>((await new InfoJsonStore($"s3://some-bucket/{Infos}", access).PurgeAsync([Subjects.Deleted("2/5/a")], default)).Single());
    }

    private static S3Access AccessTo(string url) => new(new AwsOptions { ServiceUrl = url, Region = "us-east-1", ForcePathStyle = true }, TimeProvider.System);

    private InfoJsonStore Store() => new($"s3://{_bucket}/{Infos}", _access);

    private async Task<PurgeReply> PurgeAsync(string id) => (await Store().PurgeAsync([Subjects.Refreshed(id)], default)).Single();

    private async Task PutAsync(params string[] keys)
    {
        foreach (var key in keys)
            await emulator.PutAsync(_bucket, key, "{}"u8.ToArray());
    }

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. ((await emulator.S3.ListObjectsV2Async(new() { BucketName = _bucket })).S3Objects ?? []).Select(o => o.Key).Order(StringComparer.Ordinal)];
}
