using Understudy.Contracts;
using Understudy.Plans;

namespace Understudy.Api;

/// <summary>Which plans a query asks for: <c>?state= &amp;lane= &amp;stage= &amp;fault= &amp;customer= &amp;reason=</c>; or the problem with it.</summary>
internal sealed record PlanQuery(AssetState State, PlanFilter Filter, IResult? Problem)
{
    private const int LongestReason = 500;

    public static ValueTask<PlanQuery> BindAsync(HttpContext context)
    {
        string? Value(string name) => context.Request.Query[name] is [var value, ..] ? value : null;
        return ValueTask.FromResult(Read(Value));
    }

    /// <returns>What is wrong with a filter that came as JSON, where nobody looked at its words; null: nothing.</returns>
    public static string? FaultOf(PlanFilter filter) => filter switch
    {
        { Customer: < 0 } => $"customer is {filter.Customer}; it must be a whole number from 0 up",
        { Stage: { } stage } when !Stages.All.Contains(stage) => $"stage is '{stage}'; it must be one of {string.Join(", ", Stages.All)}",
        { Reason.Length: > LongestReason } => $"reason must be at most {LongestReason} characters long, not {filter.Reason.Length}",
        _ => null,
    };

    private static PlanQuery Read(Func<string, string?> value)
    {
        if (value("state") is not { } name || !Query.TryWord<AssetState>(name, out var state) || state is not (AssetState.Dead or AssetState.Pending or AssetState.Running))
            return Wrong("state", value("state"), "must be one of dead, pending, running");
        if (!Query.TryWord<Lane>(value("lane"), out var lane))
            return Wrong("lane", value("lane"), Query.OneOf<Lane>());
        if (!Query.TryWord<Fault>(value("fault"), out var fault))
            return Wrong("fault", value("fault"), Query.OneOf<Fault>());
        if (!Query.TryNumber(value("customer"), 0, int.MaxValue, out var customer))
            return Wrong("customer", value("customer"), "must be a whole number from 0 up");
        var filter = new PlanFilter(lane, value("stage"), fault, customer, value("reason"));
        return new PlanQuery(state.Value, filter, FaultOf(filter) is { } wrong ? Problems.Of(StatusCodes.Status400BadRequest, wrong) : null);
    }

    private static PlanQuery Wrong(string field, string? value, string rule) => new(default, new PlanFilter(), Problems.Invalid(field, value, rule));
}
