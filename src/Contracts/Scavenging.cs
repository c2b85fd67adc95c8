namespace Understudy.Contracts;

/// <summary>Keeps copies in the store whatever room is needed.</summary>
/// <param name="Until">null: until it is unpinned.</param>
/// <param name="Reason">Why, for those who look later.</param>
public sealed record PinRequest(DateTimeOffset? Until = null, string? Reason = null);

/// <param name="Scope"><c>2</c>: a customer; <c>2/5</c>: a space; <c>2/5/foo</c>: an asset.</param>
public sealed record PinView(string Scope, DateTimeOffset? Until, string? PinnedBy, string? Reason, DateTimeOffset PinnedAt);

/// <param name="DryRun">Only says what would go.</param>
public sealed record ScavengeRequest(bool DryRun = false);

/// <summary>What goes, or would go, from the store until it is at its low water mark. Of what goes at most the first 5,000: the rest is planned as those go.</summary>
/// <param name="Bytes">Of the copies that go.</param>
/// <param name="Excess">Bytes that have to go; 0: the store is below its low water mark.</param>
/// <param name="First">Those that are looked at first, at most 1,000, also such as stay and why.</param>
public sealed record ScavengeView(long Copies, long Bytes, long Excess, IReadOnlyList<CandidateView> First);

/// <param name="Score">What it is worth to keep: the lowest goes first. null: it is pinned, and stands behind all others.</param>
/// <param name="Kept">Why it stays though others go: <c>pinned</c>, <c>in use</c>, <c>has a plan</c>; null: it goes.</param>
public sealed record CandidateView(AssetId Id, long Bytes, double? Score, DateTimeOffset CopiedAt, DateTimeOffset? UsedAt, string? Kept);
