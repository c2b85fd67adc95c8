using System.Text.Json;

namespace Understudy.Aws;

/// <summary>A queue's own attributes, as far as they matter here.</summary>
/// <param name="Waiting">Approximately how many messages can be received.</param>
/// <param name="InFlight">Approximately how many were received and not deleted yet, by whomever.</param>
/// <param name="DeadLetters">ARN of the queue for what was delivered <paramref name="MaxDeliveries"/> times; null where it has none.</param>
internal sealed record SqsQueue(string Arn, TimeSpan Visibility, long Waiting, long InFlight, long Delayed, string? DeadLetters, int? MaxDeliveries)
{
    public static SqsQueue From(JsonElement attributes)
    {
        string? deadLetters = null;
        int? deliveries = null;
        if (Text("RedrivePolicy") is { Length: > 0 } policy)
        {
            using var redrive = JsonDocument.Parse(policy);
            deadLetters = redrive.RootElement.GetProperty("deadLetterTargetArn").GetString();
            // A number in quotes is as good to SQS as one without.
            var most = redrive.RootElement.GetProperty("maxReceiveCount");
            deliveries = most.ValueKind == JsonValueKind.String ? int.Parse(most.GetString()!, null) : most.GetInt32();
        }

        return new SqsQueue(
            Text("QueueArn") ?? "",
            TimeSpan.FromSeconds(Number("VisibilityTimeout", 30)),
            Number("ApproximateNumberOfMessages", 0),
            Number("ApproximateNumberOfMessagesNotVisible", 0),
            Number("ApproximateNumberOfMessagesDelayed", 0),
            deadLetters,
            deliveries);

        string? Text(string name) => attributes.TryGetProperty(name, out var value) ? value.GetString() : null;
        long Number(string name, long otherwise) => long.TryParse(Text(name), out var value) ? value : otherwise;
    }
}
