using System.Text.Json;
using Understudy.Warming.Planning;

namespace Understudy.Warming.Verification;

/// <summary>
/// Whether an info.json speaks of the image that is in the store. Cantaloupe and IIPImage keep the dimensions of a file that was replaced,
/// and Cantaloupe for ever.
/// </summary>
internal static class GoodInfo
{
    /// <param name="copy">The image in the store, by its own header.</param>
    /// <returns>What is wrong, or null.</returns>
    public static BadAnswer? Check(PixelSize copy, ServerAnswer answer)
    {
        if (Whole.Check(answer) is { } bad)
            return bad;
        try
        {
            using var info = JsonDocument.Parse(answer.Body);
            return info.RootElement.ValueKind == JsonValueKind.Object ? CheckSize(copy, info.RootElement) : NotInfo(answer, "no JSON object");
        }
        // System.Text.Json finds a string with half of a surrogate pair only when it is read, and calls that an invalid operation.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return NotInfo(answer, "no JSON");
        }
    }

    private static BadAnswer? CheckSize(PixelSize copy, JsonElement info)
    {
        if (Side(info, "width") is not { } width || Side(info, "height") is not { } height)
            return new BadAnswer(Flaw.NotInfo, $"wanted width and height {copy}, got none that are whole numbers");
        var got = new PixelSize(width, height);
        if (got == copy)
            return null;
        var swapped = (got.Height, got.Width) == (copy.Width, copy.Height);
        return new BadAnswer(Flaw.WrongSize, $"wanted width and height {copy}, got {got}{(swapped ? ", which is swapped" : "")}");
    }

    private static int? Side(JsonElement info, string name) =>
        info.TryGetProperty(name, out var side) && side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var pixels) ? pixels : null;

    private static BadAnswer NotInfo(ServerAnswer answer, string why) =>
        new(Flaw.NotInfo, $"wanted an info.json, got {answer.Body.Length} bytes, {why}: {FirstBytes.Of(answer.Body.Span)}");
}
