using System.Text.Json;

namespace Understudy.Purging.Targets.Nodes;

internal enum TaskStage
{
    /// <summary>In the queue, or at work.</summary>
    Waiting,
    Done,
    Failed,
}

internal static class CantaloupeTask
{
    /// <summary>
    /// Leniently: 5.0.6 sends <c>done</c> and times, and neither status nor error, so that a task that failed looks like any other. Its class has a status;
    /// another version may send it.
    /// </summary>
    /// <returns>null: this isn't a task.</returns>
    public static TaskStage? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var task = parsed.RootElement;
            if (task.ValueKind != JsonValueKind.Object)
                return null;
            if (IsTrue(task, "cancelled") || Text(task, "status") is "FAILED" or "CANCELLED")
                return TaskStage.Failed;
            return IsTrue(task, "done") || Text(task, "stopped_at") is { Length: > 0 } || Text(task, "status") == "SUCCEEDED" ? TaskStage.Done : TaskStage.Waiting;
        }
        // Half of a surrogate pair is found only when the text is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsTrue(JsonElement task, string name) => task.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement task, string name) => task.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
