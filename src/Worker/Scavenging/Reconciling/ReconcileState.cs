using System.Globalization;
using System.Text.Json;

namespace Understudy.Scavenging.Reconciling;

/// <summary>How far a run is and what it found: all that has to be known to go on in another process.</summary>
internal sealed class ReconcileState
{
    private const int MostExamples = 5;

    /// <summary>All paths up to this one are done; empty: none yet.</summary>
    public string After { get; set; } = "";

    public long Files { get; set; }

    /// <summary>Of these files.</summary>
    public long Bytes { get; set; }

    public long Agreed { get; set; }

    public long Adopted { get; set; }

    public long AdoptedBytes { get; set; }

    public long NotWhole { get; set; }

    public long Strangers { get; set; }

    public long Lost { get; set; }

    /// <summary>Rows whose file has another length.</summary>
    public long Differing { get; set; }

    public long PlannedAgain { get; set; }

    /// <summary>Assets with a plan, files that changed while they were looked at: a later run's.</summary>
    public long LeftAlone { get; set; }

    public long ClosedFolders { get; set; }

    public List<string> Examples { get; init; } = [];

    /// <summary>For people: names are whatever somebody called a file.</summary>
    public void Show(string what, string path, string reason)
    {
        if (Examples.Count(e => e.StartsWith(what, StringComparison.Ordinal)) < MostExamples)
            Examples.Add($"{what} '{Clean(path)}': {Clean(reason)}");
    }

    public string ToCheckpoint() => JsonSerializer.Serialize(this);

    public static ReconcileState From(string? checkpoint)
    {
        try
        {
            return checkpoint is null ? new() : JsonSerializer.Deserialize<ReconcileState>(checkpoint) ?? new();
        }
        catch (JsonException)
        {
            return new();
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Files} files: {Agreed} known, {Adopted} adopted ({AdoptedBytes} bytes), {NotWhole} not whole, {Strangers} strangers, {LeftAlone} left alone; {Lost} copies lost, {Differing} of another length, {PlannedAgain} planned again; {ClosedFolders} folders can't be read");

    private static string Clean(string text) =>
        string.Concat((text.Length <= 200 ? text : text[..200] + "…").Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
}
