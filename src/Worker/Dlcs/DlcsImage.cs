using Understudy.Contracts;

namespace Understudy.Dlcs;

/// <summary>An asset as DLCS's database has it.</summary>
/// <param name="Finished">When its newest ingest ended, well or not.</param>
/// <param name="Error">Why that failed; empty where it didn't.</param>
/// <param name="S3">Where its JP2 is; empty where DLCS holds none.</param>
/// <param name="IsForDelivery">Whether tiles of it are ever asked for: it has the channel <c>iiif-img</c>, and isn't withheld.</param>
internal sealed record DlcsImage(bool Ingesting, DateTimeOffset? Finished, string Error, string S3, bool IsForDelivery);

/// <summary>An asset that is worth having a copy of, and where its JP2 is.</summary>
internal sealed record DlcsSource(AssetId Id, string S3);
