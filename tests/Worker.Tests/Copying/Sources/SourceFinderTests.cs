using Understudy.Contracts;
using Understudy.Aws;
using Understudy.Copying.Sources;

namespace Understudy.Worker.Tests.Copying.Sources;

public sealed class SourceFinderTests : IDisposable
{
    private readonly S3Access _s3 = new(new AwsOptions(), TimeProvider.System);

    [Theory]
    [InlineData("s3://pics/{customer}/{space}/{asset}", "s3://pics/2/5/a b%20{space}")]
    [InlineData("s3://eu-west-1/pics/{asset}/original", "s3://eu-west-1/pics/a b%20{space}/original")]
    [InlineData("https://pics.s3.amazonaws.com/{asset}", "s3://pics/a b%20{space}")]
    [InlineData("file:///nas/{customer}/{asset}.jp2", "file:///nas/2/a%20b%2520%7Bspace%7D.jp2")]
    public void Template_is_filled_in_once_and_escaped_where_the_form_is(string template, string source)
    {
        var finder = new SourceFinder(new SourceOptions { AllowedBuckets = ["pics"], FileRoots = ["/nas"], Template = template }, _s3);

        Assert.Equal(source, finder.Find(AssetId.Parse("2/5/a b%20{space}"), known: null, out _)?.Uri.ToString());
    }

    [Theory]
    [InlineData("s3://pics/a", true)]
    [InlineData("s3://eu-west-1/pics/a", true)]
    [InlineData("s3://Pics/a", false)]
    [InlineData("s3://pics2/a", false)]
    [InlineData("https://other.s3.amazonaws.com/a", false)]
    public void Bucket_must_be_one_of_those_allowed(string source, bool allowed)
    {
        var finder = new SourceFinder(new SourceOptions { AllowedBuckets = ["pics"] }, _s3);

        Assert.Equal(allowed, finder.Find(AssetId.Parse("2/5/foo"), source, out var error) is not null);
        Assert.Equal(allowed, error.Length == 0);
    }

    [Theory]
    [InlineData("s3://any/a")]
    [InlineData("s3://where/a")]
    public void Star_allows_every_bucket(string source) =>
        Assert.NotNull(new SourceFinder(new SourceOptions { AllowedBuckets = ["*"] }, _s3).Find(AssetId.Parse("2/5/foo"), source, out _));

    [Theory]
    [InlineData("s3://any/a", "Sources:AllowedBuckets")]
    [InlineData("file:///nas/a", "Sources:FileRoots")]
    [InlineData("ftp://nas/a", "none of the forms")]
    [InlineData(null, "Sources:Template")]
    public void Nothing_is_allowed_unless_it_is_said(string? source, string reason)
    {
        Assert.Null(new SourceFinder(new SourceOptions(), _s3).Find(AssetId.Parse("2/5/foo"), source, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_can_never_work_are_named()
    {
        var broken = new SourceOptions { FileRoots = ["/nas", "nas", ""], Template = "pics/{asset}" }.Check();

        Assert.Equal(["FileRoots:1", "FileRoots:2", "Template"], broken.Select(b => b.Key));
    }

    public void Dispose() => _s3.Dispose();
}
