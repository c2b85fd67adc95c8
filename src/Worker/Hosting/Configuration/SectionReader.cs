using System.Collections;
using System.Reflection;

namespace Understudy.Hosting.Configuration;

/// <summary>
/// Compares a section with the options class that it is bound to: every key must be known and every value readable.
/// What is good comes out as <see cref="Values"/>, what is not as <see cref="Errors"/>, so that one look finds all errors.
/// </summary>
internal sealed class SectionReader
{
    public Dictionary<string, string?> Values { get; } = [];

    /// <summary>By full key.</summary>
    public Dictionary<string, string> Errors { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && (p.SetMethod?.IsPublic == true || Element(p.PropertyType) is not null));

    /// <summary>What a list or dictionary holds; null for anything else.</summary>
    public static Type? Element(Type type) =>
        type == typeof(string) ? null
        : type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1]
        : null;

    /// <param name="strict">false: keys that the type doesn't have belong to somebody else.</param>
    public void ReadObject(IConfiguration section, Type type, object? current, bool strict)
    {
        var known = Properties(type).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (known.TryGetValue(child.Key, out var property))
                ReadProperty(child, property, current);
            else if (strict)
                Errors[child.Path] = Unknown(child.Path, known.Values.Select(p => p.Name));
        }
    }

    public static string Unknown(string path, IEnumerable<string> known)
    {
        var parent = path[..(path.LastIndexOf(':') + 1)];
        var nearest = Nearest.To(path[parent.Length..], known);
        return nearest is not null
            ? $"{path} is not a known key; did you mean {parent}{nearest}?"
            : $"{path} is not a known key; known here: {string.Join(", ", known.Order())}";
    }

    private void ReadProperty(IConfigurationSection section, PropertyInfo property, object? owner)
    {
        var current = owner is null ? null : property.GetValue(owner);
        // The binder would append to a default list; an operator who writes a list means that list.
        if (property.PropertyType.IsArray && owner is not null && section.GetChildren().Any())
            property.SetValue(owner, Array.CreateInstance(property.PropertyType.GetElementType()!, 0));
        Read(section, property.PropertyType, current);
    }

    private void Read(IConfigurationSection section, Type type, object? current)
    {
        var children = section.GetChildren().ToList();
        if (Scalar.Is(type))
            ReadScalar(section, type, children);
        else if (children.Count == 0 && !string.IsNullOrEmpty(section.Value))
            Errors[section.Path] = Line(section.Path, section.Value, Element(type) is null
                ? $"must be a section with keys such as {section.Path}:{Properties(type).First().Name}"
                : $"must be a list: {section.Path}:0, {section.Path}:1 …");
        else if (Element(type) is { } element)
            children.ForEach(child => Read(child, element, null));
        else
            ReadObject(section, type, current, strict: true);
    }

    private void ReadScalar(IConfigurationSection section, Type type, List<IConfigurationSection> children)
    {
        foreach (var child in children)
            Errors[child.Path] = $"{child.Path} is not a known key; {section.Path} is a single value";
        if (section.Value is not { } text)
            return;
        if (Scalar.WhatIsWrong(type, text) is { } rule)
            Errors[section.Path] = Line(section.Path, text, rule);
        else
            Values[section.Path] = text;
    }

    public static string Line(string key, string? value, string rule) =>
        value is null ? $"{key} is not set; it {rule}" : $"{key} is '{Secrets.Show(key, value)}'; it {rule}";
}
