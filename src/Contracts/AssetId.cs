using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>
/// One image: <c>{customer}/{space}/{asset}</c>, as DLCS writes it in its database and its URLs.
/// At most <see cref="MaxLength"/> characters in all; customer and space are whole numbers from 0 up, without sign or
/// leading zeros; the asset part is not empty and holds no slash, no control character and no half of a surrogate pair.
/// What a file system can't bear (such as <c>..</c>) is a legal id here, and refused where a path is made of it.
/// </summary>
[JsonConverter(typeof(AssetIdJsonConverter))]
public readonly record struct AssetId
{
    /// <summary>DLCS's limit on the whole id, in characters.</summary>
    public const int MaxLength = 220;

    private readonly string? _asset;

    private AssetId(int customer, int space, string asset) => (Customer, Space, _asset) = (customer, space, asset);

    public int Customer { get; }

    public int Space { get; }

    public string Asset => _asset ?? "";

    /// <exception cref="FormatException">The text is no asset id; the message says which rule it breaks.</exception>
    public static AssetId Parse(string text) =>
        TryParse(text, out var id, out var error) ? id : throw new FormatException(error);

    public static bool TryParse([NotNullWhen(true)] string? text, out AssetId id) => TryParse(text, out id, out _);

    public static bool TryParse([NotNullWhen(true)] string? text, out AssetId id, [NotNullWhen(false)] out string? error)
    {
        id = default;
        var parts = text?.Split('/') ?? [];
        if (parts.Length != 3)
        {
            error = $"asset id {Quote(text)} must have the form customer/space/asset, with 3 parts, not {parts.Length}";
            return false;
        }

        return TryCreate(parts[0], parts[1], parts[2], out id, out error);
    }

    public static bool TryCreate(string customer, string space, string asset, out AssetId id, [NotNullWhen(false)] out string? error)
    {
        id = default;
        if (!TryNumber(customer, out var customerNumber))
            error = $"customer {Quote(customer)} must be a whole number from 0 to {int.MaxValue}, without sign or leading zeros";
        else if (!TryNumber(space, out var spaceNumber))
            error = $"space {Quote(space)} must be a whole number from 0 to {int.MaxValue}, without sign or leading zeros";
        else
            return TryCreate(customerNumber, spaceNumber, asset, out id, out error);
        return false;
    }

    public static bool TryCreate(int customer, int space, string? asset, out AssetId id, [NotNullWhen(false)] out string? error)
    {
        id = default;
        error = customer < 0 ? $"customer {customer} must not be negative"
            : space < 0 ? $"space {space} must not be negative"
            : AssetError(asset);
        if (error is not null)
            return false;

        id = new AssetId(customer, space, asset!);
        var length = id.ToString().Length;
        if (length <= MaxLength)
            return true;

        id = default;
        error = $"asset id is {length} characters long; at most {MaxLength} are allowed";
        return false;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Customer}/{Space}/{Asset}");

    private static string? AssetError(string? asset)
    {
        if (string.IsNullOrEmpty(asset))
            return "the asset part must not be empty";
        for (var i = 0; i < asset.Length; i++)
        {
            var c = asset[i];
            if (c == '/')
                return $"asset {Quote(asset)} must not contain a slash";
            if (char.IsControl(c))
                return $"asset {Quote(asset)} must not contain control characters (U+{(int)c:X4} at {i})";
            if (!char.IsSurrogate(c))
                continue;
            if (!char.IsHighSurrogate(c) || i + 1 == asset.Length || !char.IsLowSurrogate(asset[i + 1]))
                return $"the asset part must be valid Unicode (unpaired surrogate at {i})";
            i++;
        }

        return null;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');

    private static string Quote(string? text)
    {
        if (text is null)
            return "(none)";
        var shown = text.Length <= 80 ? text : text[..80] + "…";
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c))}'";
    }
}
