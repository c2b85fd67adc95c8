namespace Understudy.Hosting.Configuration;

/// <summary>The configuration can't be used; one error a line, each naming the key, its value and what is allowed.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
