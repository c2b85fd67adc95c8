namespace Understudy.Scavenging.Policies;

/// <summary>
/// The default. A copy is worth the seconds that it spares viewers, by each of its bytes: heat × time to copy it again ÷ size. Uses are
/// remembered when the copy goes, so what comes back needn't prove itself again. docs/decisions/0020 says why, and why this half-life.
/// </summary>
/// <param name="halfLife">In seconds.</param>
internal sealed class ByWorth(double halfLife = ByWorth.HalfLife) : IScoredPolicy
{
    /// <summary>Also in heat_after (Catalogue/Migrations).</summary>
    public const double HalfLife = 10 * 86_400;

    /// <summary>A copy that was made ahead and that nobody has used counts as so much of a use: what was guessed wrong goes first.</summary>
    public const double Unused = 0.25;

    private readonly Heat _heat = new(halfLife);

    public string Name => "worth";

    public double Remember(double memory, double at) => _heat.After(memory, at);

    public double Score(double memory, double copiedAt, long bytes) =>
        Math.Max(memory, _heat.After(Heat.None, copiedAt, Unused)) + Math.Log2(CopyCost.Seconds(bytes) / Math.Max(bytes, 1));
}
