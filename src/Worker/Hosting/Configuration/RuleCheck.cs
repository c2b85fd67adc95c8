using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace Understudy.Hosting.Configuration;

/// <summary>Holds bound options against their annotations and their own <see cref="ICheckedOptions"/>, down to the last list item.</summary>
internal static class RuleCheck
{
    public static IEnumerable<(string Key, string Error)> Broken(object options, string path, IConfiguration configuration)
    {
        foreach (var property in SectionReader.Properties(options.GetType()))
        {
            var key = Join(path, property.Name);
            var value = property.GetValue(options);
            foreach (var attribute in property.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>())
            {
                var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = key };
                if (attribute.GetValidationResult(value, context) is not null)
                    yield return (key, Line(key, value, Rule(attribute, key), configuration));
            }

            foreach (var inner in Inside(property.PropertyType, value, key).SelectMany(i => Broken(i.Value, i.Key, configuration)))
                yield return inner;
        }

        foreach (var broken in (options as ICheckedOptions)?.Check() ?? [])
        {
            var key = Join(path, broken.Key);
            yield return (key, Line(key, Find(options, broken.Key), broken.Rule, configuration));
        }
    }

    private static IEnumerable<(string Key, object Value)> Inside(Type type, object? value, string key)
    {
        if (value is null || Scalar.Is(type))
            yield break;
        if (SectionReader.Element(type) is not { } element)
            yield return (key, value);
        else if (Scalar.Is(element))
            yield break;
        else if (value is IDictionary dictionary)
            foreach (DictionaryEntry entry in dictionary)
                yield return (Join(key, $"{entry.Key}"), entry.Value!);
        else
            foreach (var (index, item) in ((IEnumerable)value).Cast<object>().Index())
                yield return (Join(key, $"{index}"), item);
    }

    private static string Rule(ValidationAttribute attribute, string key) => attribute switch
    {
        { ErrorMessage: { } own } => own,
        RequiredAttribute => "must be set",
        RangeAttribute range => $"must be from {Scalar.Show(range.Minimum)} to {Scalar.Show(range.Maximum)}",
        MinLengthAttribute length => $"must be at least {length.Length} long",
        MaxLengthAttribute length => $"must be at most {length.Length} long",
        StringLengthAttribute length => $"must be {length.MinimumLength} to {length.MaximumLength} characters long",
        AllowedValuesAttribute allowed => $"must be one of {string.Join(", ", allowed.Values)}",
        RegularExpressionAttribute pattern => $"must match {pattern.Pattern}",
        _ => $"is refused: {attribute.FormatErrorMessage(key)}",
    };

    private static string Line(string key, object? value, string rule, IConfiguration configuration) =>
        configuration[key] is { } text ? SectionReader.Line(key, text, rule)
        : value is null or "" || !Scalar.Is(value.GetType()) ? SectionReader.Line(key, null, rule)
        : SectionReader.Line(key, Scalar.Show(value), rule).Replace("'; it", "' by default; it", StringComparison.Ordinal);

    private static object? Find(object options, string key) =>
        SectionReader.Properties(options.GetType()).FirstOrDefault(p => p.Name == key)?.GetValue(options);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
