using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Understudy.Aws;

/// <summary>
/// Amazon SQS, as much of it as a consumer needs: AWS JSON 1.0 (docs.aws.amazon.com/AWSSimpleQueueService, "Making query API
/// requests"). AWSSDK.SQS isn't in the package feed.
/// </summary>
internal sealed class SqsClient(AwsHttp http, AwsOptions options)
{
    /// <summary>Entries of one batch, and messages of one receive: SQS's own limit.</summary>
    public const int LargestBatch = 10;

    private readonly AwsEndpoint _endpoint = AwsEndpoint.Of("sqs", options.RegionInUse(), options);

    public string Region => _endpoint.Region;

    public Task<string> FindUrlAsync(string name, CancellationToken cancel) =>
        CallAsync("GetQueueUrl", new JsonObject { ["QueueName"] = name }, Url, cancel);

    /// <returns>The URL; that of the queue that is there already where its attributes are the same.</returns>
    public Task<string> CreateAsync(string name, IReadOnlyDictionary<string, string> attributes, CancellationToken cancel)
    {
        var wanted = new JsonObject(attributes.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value)));
        return CallAsync("CreateQueue", new JsonObject { ["QueueName"] = name, ["Attributes"] = wanted }, Url, cancel);
    }

    public Task<SqsQueue> DescribeAsync(string url, CancellationToken cancel) =>
        CallAsync("GetQueueAttributes", new JsonObject { ["QueueUrl"] = url, ["AttributeNames"] = new JsonArray("All") }, answer => SqsQueue.From(answer.GetProperty("Attributes")), cancel);

    /// <summary>Waits up to <paramref name="wait"/> (at most 20 s) for messages. Not tried again: the caller's loop does that, with its own pauses.</summary>
    /// <param name="visibility">For how long they are hidden from others, in whole seconds.</param>
    public Task<IReadOnlyList<SqsMessage>> ReceiveAsync(string url, int most, TimeSpan wait, TimeSpan visibility, CancellationToken cancel)
    {
        var request = new JsonObject
        {
            ["QueueUrl"] = url,
            ["MaxNumberOfMessages"] = Math.Min(most, LargestBatch),
            ["WaitTimeSeconds"] = (int)wait.TotalSeconds,
            ["VisibilityTimeout"] = (int)visibility.TotalSeconds,
            ["MessageAttributeNames"] = new JsonArray("All"),
            ["MessageSystemAttributeNames"] = new JsonArray("ApproximateReceiveCount", "SentTimestamp"),
        };
        return CallAsync<IReadOnlyList<SqsMessage>>("ReceiveMessage", request, answer => [.. Items(answer, "Messages").Select(Read)], cancel, tries: 1);
    }

    /// <returns>Those that weren't deleted.</returns>
    public Task<IReadOnlyList<SqsEntryFailure>> DeleteAsync(string url, IReadOnlyList<string> receipts, CancellationToken cancel) =>
        BatchAsync("DeleteMessageBatch", url, [.. receipts.Select(r => new JsonObject { ["ReceiptHandle"] = r })], cancel);

    /// <summary>Hides messages for so long from now on (whole seconds, up to 12 h); zero gives them back at once.</summary>
    public Task<IReadOnlyList<SqsEntryFailure>> HideAsync(string url, IReadOnlyList<string> receipts, TimeSpan visibility, CancellationToken cancel) =>
        BatchAsync("ChangeMessageVisibilityBatch", url, [.. receipts.Select(r => new JsonObject { ["ReceiptHandle"] = r, ["VisibilityTimeout"] = (int)Math.Ceiling(visibility.TotalSeconds) })], cancel);

    public Task<IReadOnlyList<SqsEntryFailure>> SendAsync(string url, IReadOnlyList<string> bodies, CancellationToken cancel) =>
        BatchAsync("SendMessageBatch", url, [.. bodies.Select(b => new JsonObject { ["MessageBody"] = b })], cancel);

    private Task<IReadOnlyList<SqsEntryFailure>> BatchAsync(string action, string url, JsonObject[] entries, CancellationToken cancel)
    {
        for (var i = 0; i < entries.Length; i++)
            entries[i]["Id"] = i.ToString(CultureInfo.InvariantCulture);
        return CallAsync<IReadOnlyList<SqsEntryFailure>>(
            action,
            new JsonObject { ["QueueUrl"] = url, ["Entries"] = new JsonArray([.. entries]) },
            answer => [.. Items(answer, "Failed").Select(f => new SqsEntryFailure(
                int.Parse(f.GetProperty("Id").GetString()!, CultureInfo.InvariantCulture),
                Text(f, "Code") ?? "",
                Text(f, "Message") ?? Text(f, "Code") ?? "no reason given",
                MayPass: !(f.TryGetProperty("SenderFault", out var sender) && sender.ValueKind == JsonValueKind.True)))],
            cancel);
    }

    private async Task<T> CallAsync<T>(string action, JsonObject request, Func<JsonElement, T> read, CancellationToken cancel, int tries = 4)
    {
        var call = new AwsCall(
            _endpoint,
            "application/x-amz-json-1.0",
            JsonSerializer.SerializeToUtf8Bytes(request),
            // The second asks for the older, more telling error codes as well.
            [("X-Amz-Target", $"AmazonSQS.{action}"), ("x-amzn-query-mode", "true")],
            tries);
        var body = await http.SendAsync(call, (answer, said) => Failure(action, answer, said), cancel);
        try
        {
            using var answer = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return read(answer.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A captive portal's 200, say.
            throw new AwsFailure($"SQS {action}: the answer is not SQS's: {e.Message}", inner: e);
        }
    }

    private static string Url(JsonElement answer) => answer.GetProperty("QueueUrl").GetString() ?? throw new FormatException("QueueUrl is null");

    private static JsonElement.ArrayEnumerator Items(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    internal static AwsFailure Failure(string action, HttpResponseMessage answer, byte[] body)
    {
        string? type = null, message = null;
        try
        {
            using var error = JsonDocument.Parse(body);
            type = Text(error.RootElement, "__type");
            message = Text(error.RootElement, "message") ?? Text(error.RootElement, "Message");
        }
        catch (JsonException)
        {
            // A proxy's or a load balancer's page: its status says enough.
        }

        // "com.amazonaws.sqs#QueueDoesNotExist", and without a body "QueueDoesNotExist;Sender".
        var query = answer.Headers.TryGetValues("x-amzn-query-error", out var values) ? values.First().Split(';')[0] : null;
        var code = type?[(type.LastIndexOf('#') + 1)..] ?? query ?? "";
        return new AwsFailure($"SQS {action}: {(int)answer.StatusCode} {code}: {message ?? answer.ReasonPhrase}", code, answer.StatusCode);
    }

    private static SqsMessage Read(JsonElement message)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (message.TryGetProperty("MessageAttributes", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var attribute in given.EnumerateObject())
            {
                if (Text(attribute.Value, "StringValue") is { } value)
                    attributes[attribute.Name] = value;
            }
        }

        var system = message.TryGetProperty("Attributes", out var own) ? own : default;
        return new SqsMessage(
            message.GetProperty("MessageId").GetString()!,
            message.GetProperty("ReceiptHandle").GetString()!,
            Encoding.UTF8.GetBytes(message.GetProperty("Body").GetString()!),
            attributes,
            int.TryParse(Text(system, "ApproximateReceiveCount"), CultureInfo.InvariantCulture, out var deliveries) ? deliveries : 1,
            long.TryParse(Text(system, "SentTimestamp"), CultureInfo.InvariantCulture, out var sent) ? DateTimeOffset.FromUnixTimeMilliseconds(sent) : null);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
