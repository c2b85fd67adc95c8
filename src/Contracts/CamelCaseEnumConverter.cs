using System.Text.Json;
using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>Enums travel as camelCase words; a number is refused, so that a renumbering can't change a message's meaning.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
