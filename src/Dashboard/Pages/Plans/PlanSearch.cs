using Microsoft.AspNetCore.Http;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Plans;

/// <summary>Which plans are looked at, as it stands in the URL.</summary>
public sealed record PlanSearch
{
    public string? State { get; init; }

    public string? Lane { get; init; }

    public string? Stage { get; init; }

    public string? Fault { get; init; }

    public string? Customer { get; init; }

    public string? Reason { get; init; }

    public string? After { get; init; }

    /// <summary>Those that need somebody to look are what one comes for.</summary>
    /// <exception cref="FormatException">It makes no sense; as with <see cref="Filter"/>.</exception>
    public AssetState PlanState => Typed.Word<AssetState>(State, "state") switch
    {
        null => AssetState.Dead,
        { } state and (AssetState.Dead or AssetState.Pending or AssetState.Running) => state,
        var other => throw new FormatException($"plans are dead, pending or running, and never {Show.Word(other)}"),
    };

    public PlanFilter Filter() => new(
        Typed.Word<Lane>(Lane, "lane"), Typed.Text(Stage), Typed.Word<Fault>(Fault, "fault"), Typed.Number(Customer), Typed.Text(Reason));

    public bool IsFiltered => (Typed.Text(Lane) ?? Typed.Text(Stage) ?? Typed.Text(Fault) ?? Typed.Text(Customer) ?? Typed.Text(Reason)) is not null;

    /// <summary>The address of a page that shows what is looked for.</summary>
    internal string At(Links links, string path = "/plans") => links.To(
        path, ("state", State), ("lane", Lane), ("stage", Stage), ("fault", Fault), ("customer", Customer), ("reason", Reason), ("after", After));

    public static PlanSearch Of(PlanFilter filter, AssetState? state = null) => new()
    {
        State = Word(state),
        Lane = Word(filter.Lane),
        Stage = filter.Stage,
        Fault = Word(filter.Fault),
        Customer = filter.Customer is { } customer ? $"{customer}" : null,
        Reason = filter.Reason,
    };

    /// <summary>In words, for a heading: which of all plans.</summary>
    public static string InWords(PlanFilter filter)
    {
        var parts = new[]
        {
            filter.Lane is { } lane ? $"in lane {Show.Word(lane)}" : null,
            filter.Stage is { } stage ? $"at stage {stage}" : null,
            filter.Fault is { } fault ? $"for {Show.Word(fault)}" : null,
            filter.Customer is { } customer ? $"of customer {customer}" : null,
            filter.Reason is { } reason ? $"whose reason begins with “{reason}”" : null,
        }.OfType<string>().ToList();
        return parts.Count == 0 ? "whatever they are" : string.Join(", ", parts);
    }

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } given ? Show.Word(given) : null;
}
