using System.Text.Json.Serialization;

namespace Understudy.Contracts;

/// <summary>What a key is good for; each role may do what those before it may.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Role>))]
public enum Role
{
    /// <summary>GET.</summary>
    Read,

    /// <summary>Send events, and ensure that an asset is there.</summary>
    Publish,

    /// <summary>Everything.</summary>
    Operate,
}

/// <summary>Who calls, as the worker knows them. Where it has no keys, everybody is <c>local</c> and may do everything.</summary>
/// <param name="HasKey">Known by a key; <c>false</c>: the worker has none, and asks for none.</param>
public sealed record CallerView(string Name, Role Role, bool HasKey);

/// <summary>An image server's small picture of an asset.</summary>
/// <param name="ContentType">Of an image, never of anything that could run.</param>
public sealed record Picture(string ContentType, byte[] Bytes);
