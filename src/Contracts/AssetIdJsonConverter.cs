using System.Text.Json;
using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>
/// Reads an id as a string (<c>"2/5/foo"</c>) or as the object that DLCS puts on the wire
/// (<c>{"customer":2,"space":5,"asset":"foo"}</c>); writes the string.
/// </summary>
internal sealed class AssetIdJsonConverter : JsonConverter<AssetId>
{
    public override AssetId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? error;
        AssetId id;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (AssetId.TryParse(reader.GetString(), out id, out error))
                return id;
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            var (customer, space, asset) = ReadParts(ref reader);
            if (AssetId.TryCreate(customer, space, asset, out id, out error))
                return id;
        }
        else
        {
            error = $"an asset id is a string or an object with customer, space and asset, not {reader.TokenType}";
        }

        throw new JsonException(error);
    }

    public override void Write(Utf8JsonWriter writer, AssetId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    public override AssetId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AssetId.TryParse(reader.GetString(), out var id, out var error) ? id : throw new JsonException(error);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, AssetId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString());

    private static (int Customer, int Space, string? Asset) ReadParts(ref Utf8JsonReader reader)
    {
        int? customer = null, space = null;
        string? asset = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name.ToLowerInvariant())
            {
                case "customer": customer = Number(ref reader, name); break;
                case "space": space = Number(ref reader, name); break;
                case "asset" when reader.TokenType == JsonTokenType.String: asset = reader.GetString(); break;
                // DLCS adds derived members from time to time; the three parts decide.
                default: reader.Skip(); break;
            }
        }

        return (
            customer ?? throw new JsonException("an asset id object needs a number 'customer'"),
            space ?? throw new JsonException("an asset id object needs a number 'space'"),
            asset ?? throw new JsonException("an asset id object needs a string 'asset'"));
    }

    private static int Number(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number)
            ? number
            : throw new JsonException($"'{name}' of an asset id must be a whole number");
}
