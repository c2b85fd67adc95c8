using System.CommandLine;

namespace Understudy.Hosting.CommandLine;

/// <summary>A command with examples, which its <c>--help</c> ends with.</summary>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
