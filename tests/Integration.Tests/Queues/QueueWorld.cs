using System.Text;
using Understudy.Aws;
using Understudy.Contracts;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.Crash;
using Understudy.Integration.Tests.TestKit;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Queues;

/// <summary>A queue of the test's own in the emulator, a catalogue, a store, and workers that receive from the one and fill the others.</summary>
internal sealed class QueueWorld : IAsyncDisposable
{
    private readonly TempFolder _temp = new();
    private readonly List<CopyWorker> _workers = [];
    private readonly AwsHttp _http = new(TimeProvider.System);
    private readonly FauxqsServer _emulator;

    private QueueWorld(FauxqsServer emulator) => _emulator = emulator;

    public SqsClient Sqs { get; private set; } = null!;

    public SnsClient Sns { get; private set; } = null!;

    /// <summary>What the workers take for SQS.</summary>
    public FaultySqs Faulty { get; private set; } = null!;

    public string Catalogue { get; private set; } = "";

    public string Queue { get; } = $"queue-{Guid.NewGuid():n}";

    public string QueueUrl { get; private set; } = "";

    public string DeadLettersUrl { get; private set; } = "";

    public CopyWorker Worker => _workers[0];

    /// <param name="visibility">Seconds.</param>
    /// <param name="deliveries">Until a message goes to the dead letters.</param>
    public static async Task<QueueWorld> StartAsync(PostgresServer postgres, FauxqsServer emulator, int visibility = 30, int workers = 1, int deliveries = 3, params string[] settings)
    {
        var world = new QueueWorld(emulator) { Catalogue = await postgres.NewCatalogueAsync(), Faulty = await FaultySqs.StartAsync(emulator.ServiceUrl) };
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "test");
        var options = new AwsOptions { ServiceUrl = emulator.ServiceUrl, Region = "us-east-1" };
        (world.Sqs, world.Sns) = (new SqsClient(world._http, options), new SnsClient(world._http, options));
        await world.MakeQueueAsync(visibility, deliveries);
        for (var i = 0; i < workers; i++)
            await world.AddWorkerAsync(settings);
        return world;
    }

    public async Task<CopyWorker> AddWorkerAsync(params string[] settings)
    {
        var worker = await CopyWorker.StartAsync(Catalogue, Store, Faulty.Url, [.. QueueSettings, .. settings]);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>As a process of its own, which can be killed.</summary>
    public WorkerProcess NewProcess(string name) => new(
        name,
        Directory.CreateDirectory(Path.Combine(_temp.Path, name)).FullName,
        [
            .. new[] { $"ConnectionStrings:Catalogue={Catalogue}", $"Storage:Root={Store}", "Storage:PathTemplate={customer}/{space}/{image}.jp2", "Storage:MinFreeBytes=0", $"Aws:ServiceUrl={_emulator.ServiceUrl}", "Plans:LeaseTime=00:00:02" }
                .Concat(QueueSettings).Select(s => $"--{s}"),
        ]);

    private string Store => Directory.CreateDirectory(Path.Combine(_temp.Path, "store")).FullName;

    private string[] QueueSettings => ["Messaging:Transport=AmazonSqs", $"Messaging:Queues:0:Name={Queue}", "Messaging:DrainTime=00:00:05", $"Sources:FileRoots:0={_temp.Path}"];

    public async Task StopAsync(CopyWorker worker)
    {
        _workers.Remove(worker);
        await worker.DisposeAsync();
    }

    public async Task SendAsync(params string[] bodies)
    {
        foreach (var batch in bodies.Chunk(SqsClient.LargestBatch))
            Assert.Empty(await Sqs.SendAsync(QueueUrl, batch, CancellationToken.None));
    }

    public static string Hit(AssetId id) => $$"""{"type":"InfoJsonRequested","id":"{{id}}"}""";

    public static string Ingested(AssetId id, string source) => $$"""{"type":"AssetIngested","id":"{{id}}","source":"{{source}}"}""";

    /// <summary>A sound JP2, as the asset's source.</summary>
    public string Put(AssetId id, int seed = 1)
    {
        var file = Path.Combine(_temp.Path, $"{id.Asset}.source");
        File.WriteAllBytes(file, SyntheticJp2.Bytes(5000, seed));
        return $"file://{file}";
    }

    public async Task EmptyAsync() => await Eventually.TrueAsync(
        async () => await Sqs.DescribeAsync(QueueUrl, CancellationToken.None) is { Waiting: 0, InFlight: 0 }, "the queue empty");

    public async Task<IReadOnlyList<string>> DeadLettersAsync(int count)
    {
        await Eventually.TrueAsync(async () => (await Sqs.DescribeAsync(DeadLettersUrl, CancellationToken.None)).Waiting == count, $"{count} dead letters");
        var bodies = new List<string>();
        while (bodies.Count < count)
            bodies.AddRange((await Sqs.ReceiveAsync(DeadLettersUrl, 10, TimeSpan.Zero, TimeSpan.FromMinutes(1), CancellationToken.None)).Select(m => Encoding.UTF8.GetString(m.Body)));
        return bodies;
    }

    /// <summary>Of the emulator's own topics, as infrastructure would make them.</summary>
    /// <returns>The topic's ARN.</returns>
    public Task<string> MakeTopicAsync(bool raw) => MakeTopicAsync(raw, QueueUrl);

    /// <summary>A topic with another queue behind it, which no worker reads.</summary>
    public async Task<(string Topic, string QueueUrl)> MakeListenedTopicAsync()
    {
        var url = await Sqs.CreateAsync($"{Queue}-heard", new Dictionary<string, string>(), CancellationToken.None);
        return (await MakeTopicAsync(raw: true, url), url);
    }

    private async Task<string> MakeTopicAsync(bool raw, string queueUrl)
    {
        var topic = Between(await SnsAsync(("Action", "CreateTopic"), ("Name", $"topic-{Guid.NewGuid():n}")), "TopicArn");
        var queue = (await Sqs.DescribeAsync(queueUrl, CancellationToken.None)).Arn;
        var subscription = Between(await SnsAsync(("Action", "Subscribe"), ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", queue), ("ReturnSubscriptionArn", "true")), "SubscriptionArn");
        if (raw)
            await SnsAsync(("Action", "SetSubscriptionAttributes"), ("SubscriptionArn", subscription), ("AttributeName", "RawMessageDelivery"), ("AttributeValue", "true"));
        return topic;
    }

    private async Task<string> SnsAsync(params (string Name, string Value)[] form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, _emulator.ServiceUrl) { Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        // The emulator tells services apart by the scope of the signature, and checks no more of it.
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await http.SendAsync(request);
        return (await answer.Content.ReadAsStringAsync()) is var said && answer.IsSuccessStatusCode ? said : throw new InvalidOperationException(said);
    }

    private static string Between(string xml, string element) => xml.Split($"<{element}>")[1].Split('<')[0];

    private async Task MakeQueueAsync(int visibility, int deliveries)
    {
        DeadLettersUrl = await Sqs.CreateAsync($"{Queue}-dead", new Dictionary<string, string>(), CancellationToken.None);
        var dead = await Sqs.DescribeAsync(DeadLettersUrl, CancellationToken.None);
        QueueUrl = await Sqs.CreateAsync(
            Queue,
            new Dictionary<string, string> { ["VisibilityTimeout"] = $"{visibility}", ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{dead.Arn}}","maxReceiveCount":"{{deliveries}}"}""" },
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Faulty.DisposeAsync();
        _http.Dispose();
        _temp.Dispose();
    }
}
