using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Understudy.Warming.Planning;

/// <summary>A size as the Image API writes it, for requests of the whole image: <c>max</c>, <c>full</c>, <c>w,</c>, <c>,h</c>, <c>w,h</c> or <c>!w,h</c>.</summary>
/// <param name="Width">Null in <c>,h</c> and <c>max</c>.</param>
/// <param name="Height">Null in <c>w,</c> and <c>max</c>.</param>
/// <param name="IsBox">The image keeps its shape within width and height: <c>!w,h</c>.</param>
internal readonly record struct ThumbnailSize(int? Width, int? Height, bool IsBox = false)
{
    public static bool TryParse(string? text, out ThumbnailSize size, [NotNullWhen(false)] out string? error)
    {
        size = default;
        error = null;
        if (text is "max" or "full")
            return true;
        var isBox = text is ['!', ..];
        if (text?[(isBox ? 1 : 0)..].Split(',') is [var first, var second] && TrySide(first, out var width) && TrySide(second, out var height)
            && (isBox ? width is not null && height is not null : width is not null || height is not null))
        {
            size = new(width, height, isBox);
            return true;
        }

        error = $"'{text}' is no size; there are max, full, w, as in '200,', ,h as in ',200', w,h as in '200,150' and !w,h as in '!400,400', in whole pixels from 1";
        return false;
    }

    public override string ToString() => this switch
    {
        { Width: null, Height: null } => "max",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(IsBox ? "!" : "")}{Width},{Height}"),
    };

    private static bool TrySide(string text, out int? side)
    {
        side = null;
        if (text.Length == 0)
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) || pixels < 1)
            return false;
        side = pixels;
        return true;
    }
}
