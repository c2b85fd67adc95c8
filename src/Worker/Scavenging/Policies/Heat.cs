namespace Understudy.Scavenging.Policies;

/// <summary>
/// How much an asset is used: a use counts 1 at first, and half as much after each half-life. What is kept is log2 Σ 2^(time of use ÷ half-life):
/// it changes with a use only, and the heats of two assets differ by the same amount at any time.
/// </summary>
internal readonly record struct Heat(double HalfLife)
{
    public const double None = double.NegativeInfinity;

    /// <param name="heat">Before this use.</param>
    /// <param name="at">Seconds since 1970.</param>
    /// <param name="weight">How many uses it is.</param>
    public double After(double heat, double at, double weight = 1)
    {
        var use = (at / HalfLife) + Math.Log2(weight);
        // What is 2^-60 of the other adds nothing to a double.
        return Math.Max(heat, use) + Math.Log2(1 + Math.Pow(2, -Math.Min(Math.Abs(heat - use), 60)));
    }
}
