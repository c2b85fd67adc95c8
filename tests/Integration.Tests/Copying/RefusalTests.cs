using System.Net;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;
using static Understudy.Contracts.Fault;
using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>What may not or can't be copied is a dead plan that says why.</summary>
public sealed class RefusalTests(PostgresServer postgres)
{
    private const int Large = 4 << 20;

    [Fact]
    public async Task Missing_key_is_gone()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("other", 1000);

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), SourceGone, "404", "NoSuchKey");
        Assert.Equal(HttpStatusCode.NotFound, await world.Worker.RefusalAsync(CopyWorld.Id));
    }

    [Fact]
    public async Task Missing_bucket_is_gone()
    {
        await using var world = await CopyWorld.StartAsync(postgres);

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), SourceGone, "NoSuchBucket");
    }

    [Theory]
    [InlineData("403", Failed, "s3:ListBucket")]
    [InlineData("301", BadSource, "Aws:Region")]
    [InlineData("307", Failed, "Aws:Region")]
    [InlineData("400 region", BadSource, "expecting 'eu-west-1'")]
    [InlineData("405", BadSource, "405")]
    [InlineData("401", BadSource, "401")]
    [InlineData("500", Failed, "500 InternalError")]
    public async Task Refusal_is_told_in_the_servers_own_words(string answer, Contracts.Fault fault, string reason)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", 1000);
        world.S3.Script = FaultScript.Always(answer switch
        {
            "403" => Fault.AccessDenied,
            "301" => Fault.PermanentRedirect("eu-west-1"),
            "307" => Fault.Failing(new S3Error(307, "TemporaryRedirect", "You are being redirected while DNS for the bucket is being updated.")),
            "400 region" => Fault.WrongRegion("eu-west-1"),
            "405" => Fault.Failing(S3Error.MethodNotAllowed),
            "401" => Fault.Failing(new S3Error(401, "Unauthorized", "no")),
            _ => Fault.InternalError,
        });

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), fault, reason);
    }

    [Theory]
    [InlineData("ExpiredToken")]
    [InlineData("RequestTimeout")]
    public async Task Answer_400_that_may_pass_is_tried_again(string code)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put("foo", 1000);
        world.S3.Script = FaultScript.First(1, Fault.Failing(new S3Error(400, code, "later")));

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")));
    }

    [Fact]
    public async Task Empty_object_is_refused()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.S3.Put(CopyWorld.Bucket, "foo", []);

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), BadSource, "is empty");
    }

    public static readonly TheoryData<string, string> Others = new()
    {
        { "FFD8FFE0", "is a JPEG, not a JP2" },
        { "49492A00", "is a TIFF, not a JP2" },
        { "4D4D002A", "is a TIFF, not a JP2" },
        { "FF4FFF51", "is a bare JPEG 2000 codestream, not a JP2" },
        { "3C68746D6C3E", "is no image" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Other_format_is_refused_by_its_first_bytes_and_not_fetched(string start, string reason)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.S3.Put(CopyWorld.Bucket, "foo", Starting(start));

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, BadSource, reason);
        Assert.Empty(world.Leftovers());
        Assert.Equal(1, world.S3.Traffic.Requests);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await world.Worker.RefusalAsync(CopyWorld.Id));
    }

    [Fact]
    public async Task Other_format_is_let_in_where_it_is_allowed()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:AllowOtherFormats=true");
        // The smallest baseline JPEG: SOI, SOF0 of 1 × 1, SOS, one byte of data, EOI.
        var jpeg = Convert.FromHexString("FFD8" + "FFC0000B080001000101011100" + "FFDA0008010100003F00" + "00" + "FFD9");
        world.S3.Put(CopyWorld.Bucket, "foo", jpeg);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertCopiedAsync(jpeg, view);
        Assert.Equal("jpeg", view.Copy!.Facts!.Format);
    }

    [Fact]
    public async Task Page_of_text_is_refused_even_where_other_formats_are_allowed()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Sources:AllowOtherFormats=true");
        world.S3.Put(CopyWorld.Bucket, "foo", "<html>not here</html>"u8.ToArray());

        await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), BadSource, "is no image");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(150)]
    [InlineData(300_000)]
    [InlineData(499_999)]
    public async Task Image_that_stops_early_is_corrupt(int length)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.S3.Put(CopyWorld.Bucket, "foo", SyntheticJp2.Bytes(500_000, seed: 1)[..length]);

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, BadSource, "corrupt");
        Assert.False(world.IsStored(CopyWorld.Id));
        Assert.Empty(world.Leftovers());
    }

    [Fact]
    public async Task Bucket_that_is_not_allowed_is_not_asked()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.S3.Put("secret", "foo", SyntheticJp2.Bytes(1000, seed: 1));

        foreach (var source in new[] { "s3://secret/foo", "https://secret.s3.amazonaws.com/foo", "s3://Pics/foo" })
            await world.AssertDeadAsync(await world.Worker.CopyAsync(CopyWorld.Id, source), BadSource, "Sources:AllowedBuckets");
        Assert.Equal(0, world.S3.Traffic.Requests);
    }

    [Theory]
    [InlineData("../secret/foo")]
    [InlineData("a/../../secret/foo")]
    [InlineData("./../secret/foo")]
    [InlineData("..%2Fsecret/foo")]
    public async Task Key_with_dots_stays_in_its_bucket(string key)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.S3.Put("secret", "foo", SyntheticJp2.Bytes(1000, seed: 1));
        world.Put("other", 1000);

        await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri(key));

        Assert.False(world.IsStored(CopyWorld.Id));
        Assert.All(world.S3.Traffic.Exchanges, e => Assert.Equal((CopyWorld.Bucket, key), (e.Request.Bucket, e.Request.Key)));
    }

    [Theory]
    [InlineData("a/../b.jp2")]
    [InlineData("./a//b.jp2")]
    [InlineData("a%2Fb?c#d&e=f;g.jp2")]
    public async Task Odd_key_is_asked_for_as_it_is(string key)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        var jp2 = world.Put(key, 1000);

        await world.AssertCopiedAsync(jp2, await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri(key)));
    }

    [Theory]
    [InlineData("2/5/..")]
    [InlineData("2/5/.")]
    public async Task Name_that_is_no_file_name_is_refused(string id)
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Storage:PathTemplate={customer}/{space}/{image-dir}/{image}.jp2");
        world.Put("foo", 1000);
        var asset = AssetId.Parse(id);

        await world.AssertDeadAsync(await world.Worker.CopyAsync(asset, CopyWorld.Uri("foo")), BadSource, "path");
        Assert.Equal(0, world.S3.Traffic.Requests);
    }

    [Fact]
    public async Task Name_that_is_too_long_for_a_file_is_refused()
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", 1000);
        var asset = AssetId.Parse($"2/5/{new string('é', 130)}");

        await world.AssertDeadAsync(await world.Worker.CopyAsync(asset, CopyWorld.Uri("foo")), BadSource, "bytes; at most 255");
        Assert.Equal(0, world.S3.Traffic.Requests);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("file above")]
    [InlineData("link above")]
    public async Task What_stands_in_the_way_is_left_alone_and_nothing_is_fetched(string what)
    {
        await using var world = await CopyWorld.StartAsync(postgres);
        world.Put("foo", 500_000);
        var path = world.PathOf(CopyWorld.Id);
        var outside = Path.Combine(world.Files, "outside");
        await File.WriteAllTextAsync(outside, "not ours");
        switch (what)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "link":
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.CreateSymbolicLink(path, outside);
                break;
            case "file above":
                await File.WriteAllTextAsync(Path.Combine(world.Store, "2"), "");
                break;
            default:
                Directory.CreateSymbolicLink(Path.Combine(world.Store, "2"), world.Files);
                break;
        }

        var view = await world.Worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, BadSource, world.Store);
        Assert.Equal("not ours", await File.ReadAllTextAsync(outside));
        Assert.Equal(["outside"], Directory.GetFileSystemEntries(world.Files).Select(Path.GetFileName));
        Assert.Empty(world.Leftovers());
        Assert.Equal(0, world.S3.Traffic.Requests);
    }

    private static FaultyObject Starting(string hex)
    {
        var bytes = new byte[Large];
        Convert.FromHexString(hex).CopyTo(bytes, 0);
        return FaultyObject.Of(bytes);
    }
}
