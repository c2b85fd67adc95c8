using System.Text.Json;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Purging.Targets.Nodes;

/// <summary>
/// The info.json that viewers get, against the one past all caches (<c>?cache=false</c>), for which Cantaloupe reads the file anew, and both against
/// the file.
/// </summary>
/// <param name="Url">Of the info.json.</param>
/// <param name="Shown">To viewers.</param>
/// <param name="Truth">Past the caches.</param>
internal sealed record InfoComparison(string Url, ServerAnswer Shown, ServerAnswer Truth)
{
    // What viewers make URLs of.
    private static readonly string[] Telling = ["width", "height", "sizes", "tiles"];

    /// <returns>null: both speak of an image of this size.</returns>
    public Verdict? ShouldBe(PixelSize size)
    {
        // Servers turn an image that says that it lies on its side, and then give its sides that way round.
        var turned = new PixelSize(size.Height, size.Width);
        var wanted = GoodInfo.Check(turned, Truth) is null ? turned : size;
        return Judged("?cache=false", GoodInfo.Check(wanted, Truth)) ?? Judged("", GoodInfo.Check(wanted, Shown)) ?? SameAnswers();
    }

    /// <returns>null: it speaks of an image of this size, whichever way it lies.</returns>
    public static Verdict? ShouldShow(string url, ServerAnswer shown, PixelSize size) =>
        GoodInfo.Check(size, shown) is { } bad && GoodInfo.Check(new PixelSize(size.Height, size.Width), shown) is not null ? new Verdict.Stale($"{url}: {bad.Reason}") : null;

    /// <returns>null: neither knows an image.</returns>
    public Verdict? ShouldBeGone() =>
        Truth.Status != 404 ? new Verdict.Stale($"{Url}?cache=false should be 404, and is {Brief(Truth)}: the node still sees the file")
        : Shown.Status != 404 ? new Verdict.Stale($"{Url} should be 404, and is {Brief(Shown)}")
        : null;

    /// <summary>Of an image that isn't the worker's to bring or to remove.</summary>
    public Verdict? ShouldAgree() =>
        Truth.Status != Shown.Status ? new Verdict.Stale($"{Url} is {Brief(Shown)}, and {Brief(Truth)} past the caches")
        : Truth.Status == 200 ? SameAnswers()
        : null;

    private Verdict.Stale? SameAnswers()
    {
        try
        {
            using var shown = JsonDocument.Parse(Shown.Body);
            using var truth = JsonDocument.Parse(Truth.Body);
            var name = Telling.FirstOrDefault(n => !Same(shown.RootElement, truth.RootElement, n));
            return name is null ? null : new Verdict.Stale($"{Url} has other {name} than past the caches: {Member(shown.RootElement, name)} against {Member(truth.RootElement, name)}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Verdict.Stale($"{Url} is no JSON");
        }
    }

    private Verdict.Stale? Judged(string query, BadAnswer? bad) => bad is null ? null : new Verdict.Stale($"{Url}{query}: {bad.Reason}");

    private static bool Same(JsonElement a, JsonElement b, string name) => (Member(a, name), Member(b, name)) switch
    {
        ({ } one, { } other) => JsonElement.DeepEquals(one, other),
        (null, null) => true,
        _ => false,
    };

    private static JsonElement? Member(JsonElement info, string name) => info.ValueKind == JsonValueKind.Object && info.TryGetProperty(name, out var value) ? value : null;

    private static string Brief(ServerAnswer answer) =>
        answer.Status == 200 && IiifImage.TryParse(answer.Body, out var image, out _) ? $"{image.Size}" : $"{answer.Status}";
}
