namespace Understudy.Copying.Images;

internal abstract record ImageVerdict
{
    private ImageVerdict()
    {
    }

    /// <summary>The structure is whole. What lies inside the tiles is for a checksum to prove.</summary>
    internal sealed record Sound(ImageFacts Facts) : ImageVerdict;

    /// <param name="Reason">What is wrong, at which offset, wanted against got; for an operator.</param>
    internal sealed record Broken(ImageFormat Format, string Reason) : ImageVerdict;
}
