using Understudy.Contracts;
using Understudy.Warming.Planning;

namespace Understudy.Purging.Targets;

/// <summary>What is purged.</summary>
/// <param name="Path">The copy's, relative to the store's root.</param>
/// <param name="Sources">URIs that the asset has or had, newest first.</param>
/// <param name="Size">Of the new image; null: there is no copy, or nothing is known of it.</param>
/// <param name="IsDeleted">And without a copy: nothing of it may be shown.</param>
/// <param name="CustomerName">As it stands in public URLs beside the number; null: only the number does.</param>
/// <param name="Attempt">
/// The same for each try at the same round of a purge, another for the next round: what CloudFront and webhooks know a repetition by.
/// </param>
internal sealed record PurgeSubject(AssetId Id, string Path, IReadOnlyList<string> Sources, PixelSize? Size, bool IsDeleted, string? CustomerName, string Attempt);
