using System.Text.Json.Nodes;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <param name="Identifier">Decoded, as posted; null where there was none, which is accepted all the same.</param>
internal sealed record CantaloupeTask(Guid Id, string Verb, string? Identifier, TimeSpan Duration, DateTimeOffset QueuedAt)
{
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>As 5.0.6 sends it: without status, id and exception, so a task that failed looks like one that did its work.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["verb"] = Verb, ["done"] = StoppedAt is not null, ["cancelled"] = false };
        if (StoppedAt is { } stopped)
            json["stopped_at"] = stopped;
        if (StartedAt is { } started)
            json["started_at"] = started;
        json["queued_at"] = QueuedAt;
        return json;
    }
}

/// <summary>What goes wrong with one task.</summary>
internal sealed record TaskFault
{
    /// <summary>To the POST, in place of 202; the task isn't accepted.</summary>
    public int? Status { get; init; }

    /// <summary>The task, and all behind it, waits.</summary>
    public Gate? Gate { get; init; }

    /// <summary>It says that it is done.</summary>
    public bool RemovesNothing { get; init; }
}
