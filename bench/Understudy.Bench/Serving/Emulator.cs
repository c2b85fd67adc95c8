using Understudy.Aws;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Serving;

/// <summary>The SQS that everything is received from (tests/emulator), as long as it isn't disposed: one process, its queues in memory.</summary>
internal sealed class Emulator : IAsyncDisposable
{
    private const int SideBySide = 8;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Service _process;
    private readonly AwsHttp _http = new(TimeProvider.System);

    private Emulator(Service process, Uri address)
    {
        (_process, Address) = (process, address);
        Sqs = new SqsClient(_http, new AwsOptions { Region = ChildEnvironment.Region, ServiceUrl = address.ToString().TrimEnd('/') });
    }

    public Uri Address { get; }

    /// <summary>The worker's own client, in this process.</summary>
    public SqsClient Sqs { get; }

    public RunningProcess Process => new(_process.ProcessId);

    public static async Task<Emulator> StartAsync(string repository, string workFolder, CancellationToken cancel)
    {
        // Found or installed by bench/run.
        var node = Environment.GetEnvironmentVariable("BENCH_NODE") is { Length: > 0 } given ? given : "node";
        var port = Nginx.FreePort();
        var launcher = Path.Combine(repository, "tests/emulator/faux.mjs");
        var process = Service.Start("the SQS emulator", node, [launcher, $"{port}"], [], Path.Combine(workFolder, "emulator.log"));
        // The SDK's chain looks for them in this process's environment.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", ChildEnvironment.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", ChildEnvironment.SecretKey);
        var emulator = new Emulator(process, Nginx.Local(port));
        try
        {
            await process.ReadyAsync(new Uri(emulator.Address, "health"), TimeSpan.FromSeconds(20), cancel);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <returns>Its URL.</returns>
    public Task<string> CreateAsync(string queue, CancellationToken cancel) =>
        Sqs.CreateAsync(queue, new Dictionary<string, string> { ["VisibilityTimeout"] = "120" }, cancel);

    public async Task FillAsync(string url, IEnumerable<string> bodies, CancellationToken cancel)
    {
        var side = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel };
        await Parallel.ForEachAsync(bodies.Chunk(SqsClient.LargestBatch), side, async (batch, token) =>
        {
            if (await Sqs.SendAsync(url, batch, token) is [var failed, ..])
                throw new BenchException($"the emulator took no message: {failed.Reason}");
        });
    }

    /// <summary>Returns when nothing waits in the queue and nobody has a message of it in hand.</summary>
    public async Task EmptiedAsync(string url, CancellationToken cancel)
    {
        while (await Sqs.DescribeAsync(url, cancel) is not { Waiting: 0, InFlight: 0 })
            await Task.Delay(Look, TimeProvider.System, cancel);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _process.DisposeAsync();
    }
}
