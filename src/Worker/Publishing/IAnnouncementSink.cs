using Understudy.Contracts;

namespace Understudy.Publishing;

/// <summary>Where announcements go.</summary>
internal interface IAnnouncementSink
{
    /// <summary>
    /// Publishes all of them, in whichever order: no two are of the same asset. Those that it doesn't name as failed are out. Cancelled
    /// when the round takes too long.
    /// </summary>
    /// <exception cref="Exception">None may be out, and all of them may be later: the topic can't be reached.</exception>
    Task<IReadOnlyList<PublishFailure>> PublishAsync(IReadOnlyList<Announcement> batch, CancellationToken cancel);
}

/// <summary>One row of the outbox.</summary>
/// <param name="Type">Name of the record in <c>Contracts/Announcements.cs</c>.</param>
/// <param name="Json">The whole message, its <c>type</c> included.</param>
internal sealed record Announcement(long Id, string Type, AssetId Asset, string Json);

/// <param name="MayPass">false: this announcement is at fault, and would be refused every time.</param>
internal sealed record PublishFailure(long Id, string Reason, bool MayPass);
