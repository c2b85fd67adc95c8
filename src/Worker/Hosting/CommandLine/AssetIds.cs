using System.CommandLine;
using System.CommandLine.Parsing;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>Asset ids as arguments, and in files with one a line.</summary>
internal static class AssetIds
{
    public static Argument<AssetId[]> Argument(ArgumentArity arity, string description) =>
        new("ID") { Arity = arity, Description = description, CustomParser = Parse };

    /// <summary>Reads a list: one id a line; empty lines and lines that start with # are skipped.</summary>
    /// <exception cref="FormatException">A line is no id; the message names the line.</exception>
    public static async Task<IReadOnlyList<AssetId>> ReadAsync(TextReader list, string name, CancellationToken cancel)
    {
        var ids = new List<AssetId>();
        for (var number = 1; await list.ReadLineAsync(cancel) is { } line; number++)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            if (!AssetId.TryParse(text, out var id, out var error))
                throw new FormatException($"{name}, line {number}: {error}");
            ids.Add(id);
        }

        return ids;
    }

    private static AssetId[]? Parse(ArgumentResult result)
    {
        var ids = new List<AssetId>();
        foreach (var token in result.Tokens)
        {
            if (AssetId.TryParse(token.Value, out var id, out var error))
                ids.Add(id);
            else
                result.AddError(error);
        }

        return [.. ids];
    }
}
