using System.Text.Json;
using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>How Understudy's JSON is written and read.</summary>
public static class Wire
{
    /// <summary>camelCase; a member that the contract doesn't have is refused, so that a misspelt one can't be ignored.</summary>
    public static JsonSerializerOptions Json { get; } = Configure(new JsonSerializerOptions());

    /// <summary>For what newer workers say: see <see cref="Lenient"/>.</summary>
    public static JsonSerializerOptions LenientJson { get; } = Lenient(new JsonSerializerOptions());

    /// <summary>For messages of newer publishers: as <see cref="Json"/>, but members that this version doesn't know are passed over.</summary>
    public static JsonSerializerOptions Lenient(JsonSerializerOptions options)
    {
        Configure(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }

    /// <summary>Gives <paramref name="options"/> the rules of <see cref="Json"/>.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowOutOfOrderMetadataProperties = true;
        options.RespectNullableAnnotations = true;
        return options;
    }
}
