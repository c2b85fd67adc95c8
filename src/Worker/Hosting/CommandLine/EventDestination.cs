using System.Globalization;
using System.Text.Json;
using Understudy.Aws;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>Where <c>events send</c> sends to.</summary>
internal abstract class EventDestination(int batchSize) : IDisposable
{
    public int BatchSize => batchSize;

    /// <exception cref="UnderstudyException">The worker refused the batch.</exception>
    /// <exception cref="AwsFailure">The queue or topic did.</exception>
    public abstract Task SendAsync(AssetEvent[] batch, CancellationToken cancel);

    public virtual void Dispose()
    {
    }

    /// <summary>The worker's own API. A batch is small enough for one statement in the catalogue, large enough that round trips don't count.</summary>
    internal sealed class Http(UnderstudyClient worker) : EventDestination(1000)
    {
        public override Task SendAsync(AssetEvent[] batch, CancellationToken cancel) => worker.SendAsync(batch, cancel);
    }

    /// <summary>A queue or a topic, with the settings that a worker here would have.</summary>
    internal abstract class Amazon(TimeProvider time) : EventDestination(SideBySide * SqsClient.LargestBatch)
    {
        private const int SideBySide = 8;

        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

        protected AwsHttp Connection { get; } = new(time);

        protected static AwsOptions Settings()
        {
            var options = new AwsOptions();
            new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables().Build().GetSection(AwsOptions.Section).Bind(options);
            return options;
        }

        public override async Task SendAsync(AssetEvent[] batch, CancellationToken cancel) =>
            await Task.WhenAll(batch.Chunk(SqsClient.LargestBatch).Select(some => SendTenAsync(some, cancel)));

        public override void Dispose()
        {
            Connection.Dispose();
            base.Dispose();
        }

        protected static string Json(AssetEvent happened) => JsonSerializer.Serialize(happened, Wire.Json);

        /// <returns>Those that weren't taken, by their place, with the reason and whether another try may help.</returns>
        protected abstract Task<IEnumerable<(int Index, string Reason, bool MayPass)>> TryAsync(AssetEvent[] ten, CancellationToken cancel);

        private async Task SendTenAsync(AssetEvent[] ten, CancellationToken cancel)
        {
            for (var rest = ten; rest.Length > 0;)
            {
                var failed = (await TryAsync(rest, cancel)).ToList();
                if (failed.FirstOrDefault(f => !f.MayPass) is { Reason: { } reason } refused)
                    throw new AwsFailure($"{rest[refused.Index].Id}: {reason}");
                rest = [.. failed.Select(f => rest[f.Index])];
                if (rest.Length > 0)
                    await Task.Delay(Pause, time, cancel);
            }
        }
    }

    internal sealed class Queue : Amazon
    {
        private readonly SqsClient _sqs;
        private readonly string _queue;
        private string? _url;

        public Queue(string queue, TimeProvider time)
            : base(time) => (_sqs, _queue) = (new SqsClient(Connection, Settings()), queue);

        public override async Task SendAsync(AssetEvent[] batch, CancellationToken cancel)
        {
            _url ??= _queue.StartsWith("http", StringComparison.Ordinal) ? _queue : await _sqs.FindUrlAsync(_queue, cancel);
            await base.SendAsync(batch, cancel);
        }

        protected override async Task<IEnumerable<(int, string, bool)>> TryAsync(AssetEvent[] ten, CancellationToken cancel) =>
            (await _sqs.SendAsync(_url!, [.. ten.Select(Json)], cancel)).Select(f => (f.Index, f.Reason, f.MayPass));
    }

    internal sealed class Topic : Amazon
    {
        private readonly SnsClient _sns;
        private readonly string _topic;

        public Topic(string topic, TimeProvider time)
            : base(time) => (_sns, _topic) = (new SnsClient(Connection, Settings()), topic);

        protected override async Task<IEnumerable<(int, string, bool)>> TryAsync(AssetEvent[] ten, CancellationToken cancel) =>
            (await _sns.PublishAsync(_topic, [.. ten.Select(e => new SnsMessage(Json(e), Attributes(e)))], cancel)).Select(f => (f.Index, f.Reason, f.MayPass));

        // As announcements have them, for subscriptions' filter policies.
        private static Dictionary<string, string> Attributes(AssetEvent happened) => new()
        {
            ["messageType"] = happened.GetType().Name,
            ["customer"] = happened.Id.Customer.ToString(CultureInfo.InvariantCulture),
            ["space"] = happened.Id.Space.ToString(CultureInfo.InvariantCulture),
        };
    }
}
