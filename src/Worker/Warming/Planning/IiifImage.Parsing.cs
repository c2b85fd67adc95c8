using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Understudy.Warming.Planning;

/// <summary>
/// Reads an info.json as OpenSeadragon does: what that can open is taken, with whatever else stands in it, and what it can't is refused.
/// Stricter in one way: a number is a number (a viewer calculates with "100" as well, though not in the same way).
/// </summary>
internal sealed partial record IiifImage
{
    private const int MaxBytes = 1 << 20;
    private const int MaxEntries = 1000;

    // The largest published images have a few million tiles.
    private const long MaxRequests = 100_000_000;

    /// <param name="error">What is wrong, and where.</param>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out IiifImage? image, [NotNullWhen(false)] out string? error)
    {
        (image, error) = Parse(json);
        return image is not null;
    }

    private static (IiifImage? Image, string? Error) Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
            return (null, $"the info.json has {json.Length} bytes, more than {MaxBytes}");
        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json);
            var reader = new InfoReader();
            var image = reader.Read(document.RootElement);
            return reader.Error is { } wrong ? (null, wrong)
                : image is not null && HasEndlessTiles(image) ? (null, $"the info.json describes an image of {image.Size} in such small tiles that there are more than {MaxRequests}")
                : (image, null);
        }
        catch (JsonException bad)
        {
            return (null, $"the info.json is no JSON at line {bad.LineNumber + 1}, byte {bad.BytePositionInLine}: {Beginning(bad.Message)}");
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for half a surrogate pair in a text or a name.
            return (null, "the info.json holds a text that is no Unicode");
        }
    }

    /// <summary>The parser's messages may quote all the rest of the document.</summary>
    private static string Beginning(string message) =>
        Printable(message.Length > 100 ? $"{message.AsSpan(0, 100)}…" : message);

    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    private static bool HasEndlessTiles(IiifImage image) => Enum.GetValues<ViewerProfile>().Any(p => Pyramid.Tiles(image, p) > MaxRequests);

    /// <summary>Goes on after the first fault with something in its place, and keeps what that fault was.</summary>
    private sealed class InfoReader
    {
        public string? Error { get; private set; }

        public IiifImage? Read(JsonElement info)
        {
            if (info.ValueKind != JsonValueKind.Object)
            {
                Wrong("the info.json is no JSON object");
                return null;
            }

            var version = Version(info);
            var profile = Property(info, "profile");
            var description = Descriptions(version, info, profile);
            var image = new IiifImage
            {
                Version = version,
                Id = Id(info),
                Width = Pixels(info, "width", "width"),
                Height = Pixels(info, "height", "height"),
                Tiles = Tiles(info),
                Sizes = Sizes(info),
                PreferredFormats = PreferredFormats(info),
                MaxWidth = (int?)Limit(description, "maxWidth", int.MaxValue),
                MaxHeight = (int?)Limit(description, "maxHeight", int.MaxValue),
                MaxArea = Limit(description, "maxArea", long.MaxValue),
                Profile = Level(profile),
                ScalesAtWill = version == 3
                    ? Lists(Property(info, "extraFeatures"), "sizeByWh")
                    : profile is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 1 && list[1].ValueKind == JsonValueKind.Object
                        && Lists(Property(list[1], "supports"), "sizeByW"),
            };
            CheckThatThereAreTiles(image, profile);
            return image;
        }

        private void CheckThatThereAreTiles(IiifImage image, JsonElement? profile)
        {
            if (image.Tiles.Count > 0)
            {
                if (image.Tiles.Count > 1 && image.Tiles.All(t => t.ScaleFactors is []))
                    Wrong("no entry of tiles has a scale factor");
            }
            else if (image.Version == 2 && profile is null)
            {
                Wrong("the info.json has neither tiles nor a profile; OpenSeadragon can't open it");
            }
            else if (image.IsLevel0 && !image.ScalesAtWill && image.Sizes is null or { Count: 0 })
            {
                Wrong("the info.json is of level 0 and has neither tiles nor sizes: there is nothing to ask for");
            }
        }

        private int Version(JsonElement info)
        {
            var context = Property(info, "@context");
            foreach (var name in context is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : context is { } one ? [one] : Enumerable.Empty<JsonElement>())
            {
                switch (name.ValueKind == JsonValueKind.String ? name.GetString() : null)
                {
                    case "http://iiif.io/api/image/2/context.json":
                        return 2;
                    case "http://iiif.io/api/image/3/context.json":
                        return 3;
                    case "http://iiif.io/api/image/1/context.json" or "http://library.stanford.edu/iiif/image-api/1.1/context.json":
                        Wrong("the info.json is of version 1 of the Image API; versions 2 and 3 are known");
                        return 2;
                }
            }

            Wrong(context is null
                ? "the info.json has no @context; OpenSeadragon would take it for version 1 of the Image API"
                : $"@context {Shown(context.Value)} names neither version 2 nor version 3 of the Image API");
            return 2;
        }

        private string Id(JsonElement info)
        {
            foreach (var name in (string[])["@id", "id", "identifier"])
            {
                if (Property(info, name) is not { } value || value is { ValueKind: JsonValueKind.String } && value.ValueEquals(""))
                    continue;
                if (value.ValueKind != JsonValueKind.String)
                    Wrong($"{name} is {Shown(value)}, not a text");
                else if (value.GetString() is { } id && id.Any(char.IsControl))
                    Wrong($"{name} holds control characters");
                else
                    return value.GetString()!;
                return "";
            }

            Wrong("the info.json has no id");
            return "";
        }

        private List<TileSet> Tiles(JsonElement info)
        {
            var tiles = new List<TileSet>();
            foreach (var (at, entry) in Entries(info, "tiles"))
            {
                var width = Pixels(entry, "width", $"{at}.width");
                // Zero counts as no height, as it does for OpenSeadragon.
                var height = Property(entry, "height") is { } given && !(given is { ValueKind: JsonValueKind.Number } && given.GetDouble() == 0) ? Pixels(entry, "height", $"{at}.height") : width;
                tiles.Add(new(width, height, ScaleFactors(entry, at)));
            }

            if (tiles.Count == 0 && Property(info, "tiles") is not null)
                Wrong("tiles is empty: no viewer would draw anything");
            if (tiles is [{ ScaleFactors: [] }])
                Wrong("tiles[0].scaleFactors is empty: no viewer would draw anything");
            for (var i = 0; tiles.Count > 1 && i < tiles.Count; i++)
            {
                if (tiles[i].ScaleFactors is null)
                    Wrong($"tiles[{i}] has no scaleFactors, which it needs beside other entries");
            }

            return tiles;
        }

        private List<int>? ScaleFactors(JsonElement tile, string at)
        {
            if (Property(tile, "scaleFactors") is null)
                return null;
            var factors = new List<int>();
            foreach (var (where, factor) in Items(tile, "scaleFactors", $"{at}.scaleFactors"))
                factors.Add(Pixels(factor, where));
            return factors;
        }

        private List<PixelSize>? Sizes(JsonElement info)
        {
            if (Property(info, "sizes") is null)
                return null;
            var sizes = new List<PixelSize>();
            foreach (var (at, entry) in Entries(info, "sizes"))
                sizes.Add(new(Pixels(entry, "width", $"{at}.width"), Pixels(entry, "height", $"{at}.height")));
            return sizes;
        }

        private List<string> PreferredFormats(JsonElement info)
        {
            var formats = new List<string>();
            foreach (var (at, format) in Items(info, "preferredFormats", "preferredFormats"))
            {
                if (format.ValueKind == JsonValueKind.String)
                    formats.Add(format.GetString()!);
                else
                    Wrong($"{at} is {Shown(format)}, not a text");
            }

            return formats;
        }

        private static string? Level(JsonElement? profile)
        {
            var level = profile is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0] : profile;
            return level is { ValueKind: JsonValueKind.String } ? level.Value.GetString() : null;
        }

        /// <summary>Where limits stand: in version 3 the info.json itself, in version 2 the objects in its profile.</summary>
        private static IEnumerable<JsonElement> Descriptions(int version, JsonElement info, JsonElement? profile) =>
            version == 3 ? [info]
            : profile is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Where(d => d.ValueKind == JsonValueKind.Object).Take(MaxEntries)
            : [];

        /// <summary>Zero is no limit, as in Cantaloupe's configuration.</summary>
        private long? Limit(IEnumerable<JsonElement> descriptions, string name, long most)
        {
            foreach (var description in descriptions)
            {
                if (Property(description, name) is not { } value)
                    continue;
                if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number and >= 0)
                    return number is 0 || number >= most ? null : Math.Max(1, (long)number);
                Wrong($"{name} is {Shown(value)}, not a number of pixels");
            }

            return null;
        }

        private static bool Lists(JsonElement? features, string feature) =>
            features is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().Any(f => f.ValueKind == JsonValueKind.String && f.ValueEquals(feature));

        private IEnumerable<(string At, JsonElement Entry)> Entries(JsonElement info, string name)
        {
            foreach (var (at, entry) in Items(info, name, name))
            {
                if (entry.ValueKind == JsonValueKind.Object)
                    yield return (at, entry);
                else
                    Wrong($"{at} is {Shown(entry)}, not an object");
            }
        }

        private IEnumerable<(string At, JsonElement Item)> Items(JsonElement owner, string name, string at)
        {
            if (Property(owner, name) is not { } list)
                yield break;
            if (list.ValueKind != JsonValueKind.Array)
                Wrong($"{at} is {Shown(list)}, not a list");
            else if (list.GetArrayLength() is var length and > MaxEntries)
                Wrong($"{at} has {length} entries, more than {MaxEntries}");
            else
                foreach (var (i, item) in list.EnumerateArray().Index())
                    yield return ($"{at}[{i}]", item);
        }

        private int Pixels(JsonElement owner, string name, string at)
        {
            if (Property(owner, name) is { } value)
                return Pixels(value, at);
            Wrong($"{at} is missing");
            return 1;
        }

        private int Pixels(JsonElement value, string at)
        {
            if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number and >= 1 and <= int.MaxValue && number == Math.Floor(number))
                return (int)number;
            Wrong($"{at} is {Shown(value)}, not a whole number from 1 to {int.MaxValue}");
            return 1;
        }

        private void Wrong(string what) => Error ??= Printable(what);

        /// <summary>Of several with one name the last counts, for JavaScript and here; null is as good as none.</summary>
        private static JsonElement? Property(JsonElement owner, string name) =>
            owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private static string Shown(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => value.GetRawText() is { Length: <= 60 } text ? text : string.Concat(value.GetRawText().AsSpan(0, 60), "…"),
        };
    }
}
