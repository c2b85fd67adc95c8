using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>Something to be asked of a node, and what a good answer to it is.</summary>
/// <param name="Path">What follows the node's address.</param>
/// <param name="Pixels">What the server may have to decode for it.</param>
internal abstract record WarmRequest(string Path, long Pixels)
{
    /// <returns>What is wrong with the answer, or null.</returns>
    public abstract BadAnswer? Check(ServerAnswer answer);

    /// <param name="Copy">The size of the image in the store; null where that isn't known.</param>
    public sealed record Info(string Image, PixelSize? Copy) : WarmRequest(Image + "/info.json", 0)
    {
        public override BadAnswer? Check(ServerAnswer answer)
        {
            if (Copy is { } copy)
                return GoodInfo.Check(copy, answer);
            return Whole.Check(answer) ?? (IiifImage.TryParse(answer.Body, out _, out var error) ? null : new BadAnswer(Flaw.NotInfo, error));
        }
    }

    public sealed record Picture(string Image, ImageRequest Request, long Pixels) : WarmRequest($"{Image}/{Request.Path}", Pixels)
    {
        public override BadAnswer? Check(ServerAnswer answer) => GoodImage.Check(Request, answer);
    }
}
