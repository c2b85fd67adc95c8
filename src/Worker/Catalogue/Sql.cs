using System.Collections.Concurrent;
using System.Reflection;

namespace Understudy.Catalogue;

/// <summary>Statements from the .sql files beside the code that runs them: <c>Plans/Lease.sql</c> is <c>Plans.Lease</c>.</summary>
internal static class Sql
{
    private static readonly Assembly Assembly = typeof(Sql).Assembly;
    private static readonly ConcurrentDictionary<string, string> Read = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">There is no such file; the message names those there are.</exception>
    public static string Named(string name) => Read.GetOrAdd(name, static name =>
    {
        using var stream = Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"no SQL is named {name}; there are {string.Join(", ", Assembly.GetManifestResourceNames().Order())}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });
}
