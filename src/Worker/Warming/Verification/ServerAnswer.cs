namespace Understudy.Warming.Verification;

/// <summary>All that an image server said to one request.</summary>
/// <param name="ContentType">As it came, with its parameters.</param>
/// <param name="ContentLength">As the server announced it.</param>
internal sealed record ServerAnswer(int Status, string? ContentType, long? ContentLength, ReadOnlyMemory<byte> Body)
{
    public string? MediaType => ContentType?.Split(';')[0].Trim();
}
