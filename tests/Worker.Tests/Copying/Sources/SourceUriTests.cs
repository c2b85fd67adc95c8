using FsCheck;
using FsCheck.Fluent;
using Understudy.Aws;
using Understudy.Copying.Sources;

namespace Understudy.Worker.Tests.Copying.Sources;

public class SourceUriTests
{
    [Theory]
    [InlineData("s3://bucket/key", null, "bucket", "key")]
    [InlineData("S3://bucket/a/b c+d%20é.jp2", null, "bucket", "a/b c+d%20é.jp2")]
    [InlineData("s3://bucket//key/", null, "bucket", "/key/")]
    [InlineData("s3://bucket/a?b#c", null, "bucket", "a?b#c")]
    [InlineData("s3://bucket/a/../b", null, "bucket", "a/../b")]
    [InlineData("s3://eu-west-1/bucket/2/5/foo", "eu-west-1", "bucket", "2/5/foo")]
    [InlineData("s3://us-gov-west-1/bucket/key", "us-gov-west-1", "bucket", "key")]
    [InlineData("s3://ap-southeast-2/bucket/key", "ap-southeast-2", "bucket", "key")]
    [InlineData("s3://eusc-de-east-1/bucket/key", "eusc-de-east-1", "bucket", "key")]
    [InlineData("s3://eu-west-1/key", null, "eu-west-1", "key")]
    [InlineData("s3://my-images-1/2/5/foo", null, "my-images-1", "2/5/foo")]
    [InlineData("s3://my.bucket_with.dots/key", null, "my.bucket_with.dots", "key")]
    [InlineData("https://s3.amazonaws.com/bucket/key", null, "bucket", "key")]
    [InlineData("http://s3.amazonaws.com/bucket/key", null, "bucket", "key")]
    [InlineData("https://s3.amazonaws.com/bucket//key", null, "bucket", "/key")]
    [InlineData("https://s3-eu-west-1.amazonaws.com/bucket/2/5/foo", "eu-west-1", "bucket", "2/5/foo")]
    [InlineData("https://s3.eu-west-1.amazonaws.com/bucket/2/5/foo", "eu-west-1", "bucket", "2/5/foo")]
    [InlineData("https://bucket.s3.amazonaws.com/2/5/foo", null, "bucket", "2/5/foo")]
    [InlineData("https://my.bucket.s3.amazonaws.com/2/5/foo", null, "my.bucket", "2/5/foo")]
    [InlineData("https://bucket.s3.eu-west-1.amazonaws.com/2/5/foo", "eu-west-1", "bucket", "2/5/foo")]
    [InlineData("https://bucket.s3-eu-west-1.amazonaws.com/2/5/foo", "eu-west-1", "bucket", "2/5/foo")]
    [InlineData("https://bucket.s3.dualstack.eu-west-1.amazonaws.com/key", "eu-west-1", "bucket", "key")]
    [InlineData("https://bucket.s3.cn-north-1.amazonaws.com.cn/key", "cn-north-1", "bucket", "key")]
    [InlineData("https://bucket.s3.amazonaws.com/a%20b%2Fc+d%25%C3%A9", null, "bucket", "a b/c+d%é")]
    [InlineData("https://bucket.s3.amazonaws.com/a/../b", null, "bucket", "a/../b")]
    [InlineData("https://bucket.s3.amazonaws.com/%2e%2e/b", null, "bucket", "../b")]
    public void Object_is_told_from_every_form_that_DLCS_writes(string text, string? region, string bucket, string key) =>
        Assert.Equal(new SourceUri.S3(region, bucket, key), SourceUri.Parse(text, out _));

    [Theory]
    [InlineData("file:///nas/a.jp2", "/nas/a.jp2")]
    [InlineData("FILE:///nas/a%20b%25.jp2", "/nas/a b%.jp2")]
    [InlineData("file:///nas/a b+c#d?e.jp2", "/nas/a b+c#d?e.jp2")]
    [InlineData("file://localhost/nas/a.jp2", "/nas/a.jp2")]
    [InlineData("file:///nas/../etc/passwd", "/nas/../etc/passwd")]
    public void File_is_told_by_its_path(string text, string path) =>
        Assert.Equal(new SourceUri.File(path), SourceUri.Parse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("key")]
    [InlineData("/nas/a.jp2")]
    [InlineData("file:nas")]
    [InlineData("file://")]
    [InlineData("file://host/share/a.jp2")]
    [InlineData("file:///a%00b")]
    [InlineData("ftp://bucket/key")]
    [InlineData("s3://")]
    [InlineData("s3:///key")]
    [InlineData("s3://bucket")]
    [InlineData("s3://bucket/")]
    [InlineData("s3://../key")]
    [InlineData("s3://b@d/key")]
    [InlineData("s3://evil.org#/key")]
    [InlineData("s3://evil.org?/key")]
    [InlineData("s3://evil.org:80/key")]
    [InlineData("s3://eu-west-1/b?d/key")]
    [InlineData("https://example.org/bucket/key")]
    [InlineData("https://bucket.s3.amazonaws.com.evil.org/key")]
    [InlineData("https://evil.org/bucket.s3.amazonaws.com/key")]
    [InlineData("https://bucket.s3.amazonaws.com@evil.org/key")]
    [InlineData("https://user:password@bucket.s3.amazonaws.com/key")]
    [InlineData("https://bucket.s3.amazonaws.com:8443/key")]
    [InlineData("https://bucket.s3.amazonaws.com/")]
    [InlineData("https://bucket.s3.amazonaws.com/key?versionId=3")]
    [InlineData("https://bucket.s3.amazonaws.com")]
    [InlineData("https://s3.amazonaws.com")]
    [InlineData("https://s3.amazonaws.com/bucket")]
    [InlineData("https://s3.amazonaws.com/eu-west-1/bucket/key")]
    public void Text_of_no_known_form_is_refused_with_the_forms_there_are(string text)
    {
        Assert.Null(SourceUri.Parse(text, out var error));
        Assert.Contains($"'{text}'", error, StringComparison.Ordinal);
        Assert.Contains("s3://bucket/key", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_reads_back_as_what_it_was_written_from() =>
        Prop.ForAll(Hostile(), text => SourceUri.Parse(text, out _) is not { } uri || uri.Equals(SourceUri.Parse(uri.ToString(), out var _)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public async Task Request_goes_to_the_service_and_the_bucket_that_were_named_whatever_the_source_says()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
        using var emulator = new S3Access(new AwsOptions { ServiceUrl = "http://127.0.0.1:9", ForcePathStyle = true, Region = "us-east-1" }, TimeProvider.System);
        using var amazon = new S3Access(new AwsOptions { Region = "us-east-1" }, TimeProvider.System);

        foreach (var text in Hostile().Generator.Sample(1000))
        {
            if (SourceUri.Parse(text, out _) is not SourceUri.S3 uri)
                continue;
            var local = (await emulator.PresignAsync(uri, HttpMethod.Get)).Url;
            Assert.Equal(("127.0.0.1", 9), (local.Host, local.Port));
            Assert.StartsWith($"/{uri.Bucket}/", local.AbsolutePath, StringComparison.Ordinal);
            Assert.Equal(uri.Key, Uri.UnescapeDataString(local.AbsolutePath[(uri.Bucket.Length + 2)..]));

            var remote = (await amazon.PresignAsync(uri, HttpMethod.Get)).Url;
            Assert.EndsWith(".amazonaws.com", remote.Host, StringComparison.Ordinal);
            Assert.True(remote.Host.StartsWith(uri.Bucket + ".", StringComparison.OrdinalIgnoreCase) || remote.AbsolutePath.StartsWith($"/{uri.Bucket}/", StringComparison.Ordinal));
        }
    }

    // Pieces that mean something to somebody, in any order.
    private static Arbitrary<string> Hostile() =>
        Gen.Elements(
            "s3://", "https://", "http://", "file://", "/", "//", "..", ".", "@", ":", "#", "?", "%", "%2F", "%2e", "%00", "%C3", "+", " ", "\\", "é", "\U0001F600",
            "bucket", "Bucket_9", "my-images-1", "eu-west-1", "s3", ".s3.amazonaws.com", "s3.amazonaws.com", ".s3.eu-west-1.amazonaws.com", "127.0.0.1", "evil.org", "key.jp2", "a")
            .NonEmptyListOf().Select(string.Concat)
            .Or(Gen.Elements("s3://bucket/", "s3://eu-west-1/bucket/", "https://bucket.s3.amazonaws.com/", "file:///nas/").Zip(ArbMap.Default.GeneratorFor<NonEmptyString>(), (form, rest) => form + rest.Get))
            .ToArbitrary();
}
