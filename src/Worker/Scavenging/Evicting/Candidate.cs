using Understudy.Contracts;

namespace Understudy.Scavenging.Evicting;

/// <summary>A copy that may have to go.</summary>
/// <param name="Score">What it is worth to keep; the lowest goes first (Policies/ByWorth).</param>
/// <param name="Kept">Why it stays though others go; null: nothing keeps it.</param>
/// <param name="Goes">It is among those that go now.</param>
internal sealed record Candidate(string Asset, long Bytes, double Score, DateTimeOffset CopiedAt, DateTimeOffset? UsedAt, string? Kept, bool Goes)
{
    public CandidateView View() => new(AssetId.Parse(Asset), Bytes, double.IsFinite(Score) ? Score : null, CopiedAt, UsedAt, Kept);
}
