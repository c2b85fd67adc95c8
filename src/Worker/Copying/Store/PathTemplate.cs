using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Understudy.Contracts;

namespace Understudy.Copying.Store;

/// <summary>
/// Where an asset's copy lies: DLCS's template rules byte for byte (protagonist, <c>TemplatedFolders</c>), so that both services and
/// Cantaloupe mean the same file, plus the guards that DLCS lacks. Two assets never share a file: <see cref="TemplateRules"/>.
/// </summary>
internal sealed class PathTemplate
{
    private readonly string _template;
    private readonly int _rootBytes;

    private readonly Regex _inverse;

    private PathTemplate(string template, int rootBytes) => (_template, _rootBytes, _inverse) = (template, rootBytes, Inverse(template));

    /// <param name="template">Relative to the root, or beginning with <c>{root}/</c>, or with the root itself.</param>
    /// <param name="root">The store's folder; a relative one counts from the current folder.</param>
    public static bool TryCreate(
        string template, string root, [NotNullWhen(true)] out PathTemplate? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var prefix = root == "/" ? "/" : root + "/";
        var relative = template.StartsWith("{root}/", StringComparison.Ordinal) ? template["{root}/".Length..]
            : template.StartsWith(prefix, StringComparison.Ordinal) ? template[prefix.Length..]
            : template;

        if (relative.StartsWith('/'))
            error = $"'{template}' is absolute, but not below Storage:Root '{root}'";
        else if (TemplateRules.FaultOf(relative) is { } fault)
            error = $"'{template}' {fault}";
        else
        {
            var candidate = new PathTemplate(relative, Encoding.UTF8.GetByteCount(prefix));
            error = candidate.Place("1", "1", "image") is PathResult.Refused refused ? $"'{template}' can't be used: {refused.Reason}" : null;
            result = error is null ? candidate : null;
        }

        return result is not null;
    }

    public PathResult Resolve(AssetId id) => Place(
        id.Customer.ToString(CultureInfo.InvariantCulture), id.Space.ToString(CultureInfo.InvariantCulture), id.Asset);

    /// <summary>Whose copy lies there: <see cref="Resolve"/> backwards. Where that would give another path, it is nobody's.</summary>
    public bool TryInvert(string path, out AssetId id)
    {
        id = default;
        return _inverse.Match(path) is { Success: true } match
            && AssetId.TryCreate(match.Groups["customer"].Value, match.Groups["space"].Value, match.Groups["image"].Value, out id, out _)
            && Resolve(id) is PathResult.Resolved(var resolved) && resolved.Text == path;
    }

    private PathResult Place(string customer, string space, string name)
    {
        // In DLCS's order: a name that contains "{image}" is expanded again inside {image-dir}, there and here.
        var text = _template
            .Replace("{customer}", customer, StringComparison.Ordinal)
            .Replace("{space}", space, StringComparison.Ordinal)
            .Replace("{image-dir}", Split(name), StringComparison.Ordinal)
            .Replace("{image}", name, StringComparison.Ordinal);

        var result = StorePath.Parse(text);
        if (result is not PathResult.Resolved)
            return result;

        var bytes = _rootBytes + Encoding.UTF8.GetByteCount(text);
        return bytes <= StorePath.MaxPathBytes
            ? result
            : new PathResult.Refused($"the path is {bytes} bytes long with the root; at most {StorePath.MaxPathBytes} are allowed");
    }

    /// <summary>Reads the numbers, and the name from the last segment (<see cref="TemplateRules"/>); what else varies is left to a comparison.</summary>
    private static Regex Inverse(string template)
    {
        var known = new HashSet<string>();
        var last = template.LastIndexOf('/');
        var pattern = new StringBuilder(@"\A");
        var at = 0;
        foreach (var piece in Regex.Split(template, @"(\{[^{}/]*\})"))
        {
            pattern.Append(piece switch
            {
                "{customer}" or "{space}" => known.Add(piece) ? $"(?<{piece[1..^1]}>[0-9]{{1,10}})" : "[0-9]{1,10}",
                "{image-dir}" => "(?:(?:[^/]+/){4}[^/]+|[^/]+)",
                "{image}" => at > last ? "(?<image>[^/]+)" : "[^/]+",
                _ => Regex.Escape(piece),
            });
            at += piece.Length;
        }

        return new Regex(pattern.Append(@"\z").ToString(), RegexOptions.CultureInvariant);
    }

    /// <summary>By UTF-16 units, as DLCS does; a piece that is no text on its own is refused by <see cref="StorePath"/>.</summary>
    internal static string Split(string name) =>
        name.Length <= 8 ? name : $"{name[..2]}/{name[2..4]}/{name[4..6]}/{name[6..8]}/{name}";
}
