using System.Globalization;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>Assets in words.</summary>
internal static class AssetText
{
    public static string State(AssetState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What is most worth knowing, in half a line.</summary>
    public static string Short(AssetView asset) => asset switch
    {
        { Plan: { Stage: "warm", DeadAt: not null } cold } => $"can't be warmed: {cold.Reason}",
        { Plan: { DeadAt: not null } dead } => $"given up after {dead.Attempts} attempts: {dead.Reason}",
        { Plan: { Reason: { } reason } plan } => $"{plan.Stage}, next try {Time(plan.DueAt)}: {reason}",
        { Plan: { } plan } => plan.Stage,
        { Copy: { } copy } => new ByteSize(copy.Bytes).ToString(),
        _ => "",
    };

    public static void Write(AssetView asset, TextWriter output)
    {
        output.WriteLine($"{asset.Id}  {State(asset.State)}");
        Line("source", asset.Source);
        if (asset.Copy is { } copy)
        {
            Line("copy", $"{copy.Path}  {new ByteSize(copy.Bytes)}  crc32c {copy.Checksum}  {Time(copy.CopiedAt)}");
            if (copy.Facts is { } facts)
                Line("image", $"{facts.Width} × {facts.Height}, tiles {facts.TileWidth} × {facts.TileHeight}, {facts.Levels + 1} resolutions, {facts.Components} × {facts.BitDepth} bit");
        }

        if (asset.Plan is { } plan)
        {
            Line("plan", $"{Word(plan.Goal)}: {plan.Stage}, lane {Word(plan.Lane)}, {plan.Attempts} attempts");
            Line("reason", plan.Reason);
            Line(plan.DeadAt is null ? "next try" : "given up", Time(plan.DeadAt ?? plan.DueAt));
        }

        if (asset.Warmth is { } warmth)
        {
            Line("warm", $"{(warmth.WarmedAt is { } at ? $"since {Time(at)}" : "not yet")}: {warmth.Good} of {warmth.Requested} requests good, {warmth.Bad} bad, {new ByteSize(warmth.Bytes)}, slowest {warmth.SlowestMs} ms");
            Line("", warmth.Reason);
        }

        if (asset.Purge is { } purge)
        {
            Line("purged", purge.DoneAt is { } done ? $"{Time(done)}: {purge.Targets.Count} targets" : $"not yet, since {Time(purge.BegunAt)}");
            foreach (var target in purge.Targets.Where(t => t.Step != "clean"))
                Line("", $"{target.Name}  {target.Step}  {target.Reason}");
        }

        Line("used", asset.Use.LastUsedAt is { } used ? $"{asset.Use.Hits} times, last {Time(used)}" : null);
        foreach (var entry in asset.History.Take(10).Reverse())
            Line("", $"{Time(entry.At)}  {entry.What}  {entry.Detail}");

        void Line(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
                output.WriteLine($"  {name,-9} {Table.OneLine(value).TrimEnd()}");
        }
    }

    public static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
