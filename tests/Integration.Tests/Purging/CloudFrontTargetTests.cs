using System.Xml.Linq;
using Understudy.Aws;
using Understudy.Integration.Tests.TestKit;
using Understudy.Purging.Targets;
using Understudy.Purging.Targets.Edge;

namespace Understudy.Integration.Tests.Purging;

/// <summary>Against a service that says what CloudFront's documentation has it say.</summary>
public sealed class CloudFrontTargetTests : IAsyncLifetime
{
    private static readonly XNamespace Xml = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

    private readonly AwsHttp _aws = new(TimeProvider.System);
    private Func<ReceivedRequest, ScriptedAnswer> _answer = _ => Made("Completed");
    private HttpReceiver _service = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
        _service = await HttpReceiver.StartAsync(request => _answer(request));
    }

    public async ValueTask DisposeAsync()
    {
        _aws.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Invalidation_is_signed_and_names_number_and_name_of_the_customer()
    {
        var replies = await Target().PurgeAsync([Subjects.Refreshed("2/5/a b") with { CustomerName = "wellcome" }], default);

        Assert.IsType<PurgeReply.Purged>(replies.Single());
        var sent = Assert.Single(_service.Received);
        Assert.Equal(("POST", "/2020-05-31/distribution/E123/invalidation"), (sent.Method, sent.Target));
        Assert.Contains("/us-east-1/cloudfront/aws4_request", sent.Headers["Authorization"], StringComparison.Ordinal);
        var batch = XElement.Parse(sent.Text);
        var paths = batch.Descendants(Xml + "Path").Select(p => p.Value).ToList();
        Assert.Equal("InvalidationBatch", batch.Name.LocalName);
        Assert.Equal("22", batch.Element(Xml + "Paths")!.Element(Xml + "Quantity")!.Value);
        Assert.Equal(22, paths.Distinct().Count());
        Assert.Contains("/iiif-img/v3/2/5/a%20b/*", paths);
        Assert.Contains("/iiif-img/wellcome/5/a%20b/*", paths);
        Assert.Contains("/file/2/5/a%20b", paths);
    }

    [Fact]
    public async Task Repetition_has_the_same_reference_and_the_next_round_another()
    {
        var subject = Subjects.Refreshed("2/5/a");
        foreach (var attempt in new[] { "1", "1", "2" })
            await Target().PurgeAsync([subject with { Attempt = attempt }], default);

        var references = _service.Received.Select(r => XElement.Parse(r.Text).Element(Xml + "CallerReference")!.Value).ToList();
        Assert.Equal(references[0], references[1]);
        Assert.NotEqual(references[0], references[2]);
    }

    [Fact]
    public async Task Many_share_invalidations_within_the_limits_of_AWS()
    {
        var target = Target(o => (o.Paths, o.WidenFrom) = (["/file/{id}", "/iiif-img/{id}/*"], 100));
        var subjects = Enumerable.Range(0, 40).Select(i => Subjects.Refreshed($"2/5/{i}")).ToList();

        var replies = await target.PurgeAsync(subjects, default);

        Assert.Equal(40, replies.OfType<PurgeReply.Purged>().Count());
        var batches = _service.Received.Select(r => XElement.Parse(r.Text).Descendants(Xml + "Path").Select(p => p.Value).ToList()).ToList();
        Assert.Equal(3, batches.Count);
        Assert.All(batches, b => Assert.InRange(b.Count(p => p.EndsWith('*')), 1, 15));
        Assert.Equal(80, batches.SelectMany(b => b).Distinct().Count());
    }

    [Fact]
    public async Task Too_many_in_progress_is_not_yet_for_this_and_the_rest()
    {
        var number = 0;
        _answer = _ => ++number == 2 ? new(400, Error("TooManyInvalidationsInProgress")) : Made("Completed");
        var target = Target(o => (o.Paths, o.WidenFrom) = (["/iiif-img/{id}/*"], 100));

        var replies = await target.PurgeAsync([.. Enumerable.Range(0, 45).Select(i => Subjects.Refreshed($"2/5/{i}"))], default);

        Assert.Equal(2, _service.Received.Count);
        Assert.Equal(15, replies.OfType<PurgeReply.Purged>().Count());
        Assert.All(replies.Skip(15), r => Assert.NotNull(Assert.IsType<PurgeReply.NotYet>(r).RetryAfter));
    }

    [Theory]
    [InlineData(403, "AccessDenied", "cloudfront:CreateInvalidation")]
    [InlineData(404, "NoSuchDistribution", "NoSuchDistribution")]
    [InlineData(400, "InvalidArgument", "InvalidArgument")]
    public async Task Refusal_says_why(int status, string code, string said)
    {
        _answer = _ => new(status, Error(code));

        Assert.Contains(said, Assert.IsType<PurgeReply.Refused>(await PurgeAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalidation_is_taken_until_it_is_carried_out()
    {
        _answer = _ => Made("InProgress");
        var target = Target();
        var taken = Assert.IsType<PurgeReply.Taken>((await target.PurgeAsync([Subjects.Refreshed("2/5/a")], default)).Single());
        Assert.Equal("I1", taken.Order);
        Assert.Equal(taken, await target.AskAsync(taken.Order, default));
        Assert.Equal(("GET", "/2020-05-31/distribution/E123/invalidation/I1"), (_service.Received[^1].Method, _service.Received[^1].Target));
        Assert.Contains("Signature=", _service.Received[^1].Headers["Authorization"], StringComparison.Ordinal);

        _answer = _ => Made("Completed");
        Assert.IsType<PurgeReply.Purged>(await Target().AskAsync(taken.Order, default));
        Assert.IsType<PurgeReply.Purged>(await PurgeAsync(o => o.WaitUntilCompleted = false));
    }

    [Fact]
    public async Task Many_that_ask_for_one_invalidation_ask_once()
    {
        _answer = _ => Made("InProgress");
        var target = Target();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => target.AskAsync("I1", default)));

        Assert.Single(_service.Received);
    }

    [Fact]
    public async Task Invalidation_that_nobody_knows_is_lost()
    {
        _answer = _ => new(404, Error("NoSuchInvalidation"));

        Assert.IsType<PurgeReply.Lost>(await Target().AskAsync("I1", default));
    }

    [Fact]
    public async Task Service_that_is_away_is_not_yet()
    {
        await _service.DisposeAsync();

        Assert.True(Assert.IsType<PurgeReply.NotYet>(await PurgeAsync()).IsAway);
    }

    private static ScriptedAnswer Made(string status) =>
        new(201, $"""<?xml version="1.0"?><Invalidation xmlns="{Xml}"><Id>I1</Id><Status>{status}</Status><CreateTime>2026-11-23T00:00:00Z</CreateTime></Invalidation>""");

    private static string Error(string code) =>
        $"""<?xml version="1.0"?><ErrorResponse xmlns="{Xml}"><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>""";

    private async Task<PurgeReply> PurgeAsync(Action<CloudFrontOptions>? change = null) => (await Target(change).PurgeAsync([Subjects.Refreshed("2/5/a")], default)).Single();

    private CloudFrontTarget Target(Action<CloudFrontOptions>? change = null, TimeProvider? time = null)
    {
        var options = new CloudFrontOptions { DistributionId = "E123" };
        change?.Invoke(options);
        return new CloudFrontTarget(options, new Invalidations(_aws, new AwsOptions { ServiceUrl = _service.Address }), time ?? TimeProvider.System);
    }
}
