namespace Understudy.Contracts;

/// <summary>Wants caches to forget assets: those of <paramref name="Ids"/>, or of a customer, or of one of its spaces.</summary>
/// <param name="Targets">Which caches: names as <c>GET /targets</c> has them, or <c>nodes</c>, <c>tiles</c>, <c>full</c>, <c>infojson</c>, <c>varnish</c>, <c>cloudfront</c>, <c>webhooks</c>; null: all.</param>
/// <param name="Recopy">Copies are read from their sources again first, also where these have the same version.</param>
/// <param name="Warm">Whether image servers fill their caches again afterwards, where warming is set up.</param>
/// <param name="DryRun">Nothing is done: the answer says what would be.</param>
/// <param name="Reason">Why, for those who look later; at most 1,000 characters.</param>
public sealed record PurgeRequest(
    int? Customer = null,
    int? Space = null,
    IReadOnlyList<AssetId>? Ids = null,
    IReadOnlyList<string>? Targets = null,
    bool Recopy = false,
    bool Warm = true,
    bool DryRun = false,
    string? Reason = null);

/// <summary>How one asset is purged; each as in <see cref="PurgeRequest"/>.</summary>
public sealed record PurgeOptions(IReadOnlyList<string>? Targets = null, bool Recopy = false, bool Warm = true, string? Reason = null);

/// <summary>What a purge would do.</summary>
/// <param name="Assets">That would be purged.</param>
/// <param name="Unknown">Named, and never heard of: left out.</param>
/// <param name="Copies">Of the assets, how many have a copy.</param>
/// <param name="Targets">That would be told of each.</param>
/// <param name="First">The first assets, at most 10.</param>
public sealed record PurgePreview(long Assets, long Unknown, long Copies, IReadOnlyList<string> Targets, IReadOnlyList<AssetId> First);

/// <summary>A purge of many assets. <paramref name="Total"/> = done + skipped + failed + waiting + what isn't planned yet.</summary>
/// <param name="Only">Which targets were chosen; null: all.</param>
/// <param name="Done">No chosen target serves what was before.</param>
/// <param name="Skipped">Never heard of.</param>
/// <param name="Failed">Could not be copied again, and were not purged; the assets' plans say why.</param>
/// <param name="Progress">By target; null in lists.</param>
public sealed record BulkPurgeView(
    Guid Id,
    int? Customer,
    int? Space,
    bool IsList,
    IReadOnlyList<string>? Only,
    bool Recopy,
    bool Warm,
    string? RequestedBy,
    string? Reason,
    string? IdempotencyKey,
    long Total,
    long Done,
    long Skipped,
    long Failed,
    long Waiting,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? CancelledAt,
    double? SecondsLeft,
    IReadOnlyList<BulkPurgeTargetView>? Progress);

/// <summary>How a cache takes what it is told.</summary>
/// <param name="Owed">Of the purges that wait, at most 500 of which are looked at: those that it isn't clean of.</param>
/// <param name="Failing">Of these: it was away, refused, or still showed what was before.</param>
/// <param name="Reason">Of the newest of these.</param>
public sealed record TargetHealthView(string Name, long Owed, long Failing, string? Reason);

/// <param name="Clean">Assets of which it serves nothing old.</param>
/// <param name="UnderWay">Told, and not yet seen to have forgotten.</param>
/// <param name="Failing">Of those that aren't clean: it was away, refused, or still showed what was before. They are tried again.</param>
/// <param name="Reason">Of one of these.</param>
public sealed record BulkPurgeTargetView(string Name, long Clean, long UnderWay, long Failing, string? Reason);
