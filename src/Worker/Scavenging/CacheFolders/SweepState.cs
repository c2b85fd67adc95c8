using System.Text.Json;
using System.Text.Json.Serialization;

namespace Understudy.Scavenging.CacheFolders;

internal enum SweepPhase { Count, Remove }

/// <summary>How far a sweep is: all that has to be known to go on in another process.</summary>
internal sealed class SweepState
{
    // What is older than this was counted when the folder was another one.
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(7);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The settings that it was begun with.</summary>
    public required string Settings { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public SweepPhase Phase { get; set; }

    public CacheKind Kind { get; set; }

    /// <summary>The last slice of <see cref="Kind"/> that is done; null: none yet.</summary>
    public string? After { get; set; }

    [JsonIgnore]
    public AgeHistogram Ages { get; private init; } = new();

    public CutOff? CutOff { get; set; }

    public Dictionary<CacheKind, KindTally> Tallies { get; init; } = CacheKinds.All.ToDictionary(k => k, _ => new KindTally());

    /// <summary>In <see cref="Ages"/>, as a checkpoint holds it.</summary>
    public long[][] AgeRows
    {
        get => Ages.ToRows();
        init => Ages = AgeHistogram.From(value);
    }

    public string ToCheckpoint() => JsonSerializer.Serialize(this, Json);

    /// <returns>Null where the sweep has to begin anew: no checkpoint, one of other settings or of another program, or too old.</returns>
    public static SweepState? From(string? checkpoint, string settings, DateTimeOffset now)
    {
        try
        {
            var state = checkpoint is null ? null : JsonSerializer.Deserialize<SweepState>(checkpoint, Json);
            return state?.Settings == settings && now - state.StartedAt < GoodFor && state.Tallies.Count == CacheKinds.All.Length ? state : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
