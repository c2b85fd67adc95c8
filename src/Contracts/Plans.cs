using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>Which plans are meant: those that match all that is given.</summary>
/// <param name="Reason">What the reason begins with.</param>
public sealed record PlanFilter(Lane? Lane = null, string? Stage = null, Fault? Fault = null, int? Customer = null, string? Reason = null);

/// <summary>One line of the list of plans.</summary>
/// <param name="State"><see cref="AssetState.Pending"/>, <see cref="AssetState.Running"/> or <see cref="AssetState.Dead"/>: the plan's, not the asset's, whose copy may be there.</param>
/// <param name="Worker">The node that is at it.</param>
public sealed record PlanSummary(
    AssetId Id,
    Goal Goal,
    string Stage,
    Lane Lane,
    AssetState State,
    int Attempts,
    Fault? Fault,
    string? Reason,
    DateTimeOffset DueAt,
    DateTimeOffset? DeadAt,
    string? Worker,
    DateTimeOffset CreatedAt);

/// <param name="AtLeast">There are more: no more than so many are counted.</param>
public sealed record PlansCounted(long Plans, bool AtLeast);

/// <summary>Dead plans of one stage and fault.</summary>
/// <param name="OldestAt">When the first of them was given up.</param>
public sealed record FaultGroup(string Stage, Fault? Fault, long Plans, DateTimeOffset OldestAt, DateTimeOffset NewestAt, IReadOnlyList<FaultReason> Reasons);

/// <param name="Words">What the reasons begin with; fits <see cref="PlanFilter.Reason"/>.</param>
/// <param name="Plans">How many of the group's newest 200 say so.</param>
public sealed record FaultReason(string Words, long Plans);

/// <summary>What becomes of dead plans. The names are stored in the catalogue.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PlanAct>))]
public enum PlanAct
{
    /// <summary>They are tried again at once.</summary>
    Retry,

    /// <summary>They are given up for good, and not listed any more.</summary>
    Drop,
}

/// <summary>Wants all dead plans that match retried or dropped.</summary>
/// <param name="Force">Drops also those without which nobody would know that caches may serve what they should have forgotten.</param>
public sealed record PlanActionRequest(PlanFilter Filter, bool Force = false);

/// <summary>Many plans retried or dropped: how far that is.</summary>
/// <param name="Total">Plans that matched when it was asked for.</param>
/// <param name="Done">Retried or dropped so far.</param>
/// <param name="Kept">Not dropped, for caches may still serve what they should have forgotten.</param>
public sealed record PlanActionView(
    Guid Id, PlanAct Act, PlanFilter Filter, bool Force, string? RequestedBy, long Total, long Done, long Kept, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);
