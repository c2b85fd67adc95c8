using System.Text;
using Microsoft.AspNetCore.Http;
using Understudy.Contracts;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Pages.Purges;

/// <summary>A purge of many as somebody fills it in.</summary>
/// <param name="Ids">One a line.</param>
/// <param name="Targets">None: all.</param>
public sealed record PurgeForm(string Ids, string Customer, string Space, IReadOnlyList<string> Targets, bool Recopy, bool Warm, string Reason)
{
    // The whole list comes back with the form that begins the purge, as one field; ASP.NET takes 4 MiB for one.
    public const int LongestList = 3 << 20;

    public static PurgeForm Empty { get; } = new("", "", "", [], false, true, "");

    /// <exception cref="FormatException">The list is too long.</exception>
    public static async Task<PurgeForm> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        var form = await request.ReadFormAsync(cancel);
        var ids = $"{form["ids"]}";
        if (form.Files["list"] is { Length: > 0 } file)
        {
            if (file.Length > LongestList)
                throw TooLong();
            using var reader = new StreamReader(file.OpenReadStream());
            ids = $"{ids.TrimEnd()}\n{await reader.ReadToEndAsync(cancel)}".TrimStart();
        }

        if (Encoding.UTF8.GetByteCount(ids) > LongestList)
            throw TooLong();
        return new PurgeForm(ids, $"{form["customer"]}", $"{form["space"]}", [.. form["target"].OfType<string>()], form["recopy"].Count > 0, form["warm"].Count > 0, $"{form["reason"]}");
    }

    /// <exception cref="FormatException">A line is no id, or a number is none.</exception>
    public PurgeRequest Request()
    {
        var listed = Listed();
        return new PurgeRequest(
            Typed.Number(Customer), Typed.Number(Space), listed.Count > 0 ? listed : null, Targets.Count > 0 ? Targets : null, Recopy, Warm, Reason: Typed.Text(Reason));
    }

    /// <summary>As the command line reads lists: a line that begins with # is none, nor is an empty one.</summary>
    private List<AssetId> Listed()
    {
        var ids = new HashSet<AssetId>();
        var number = 0;
        foreach (var line in Ids.AsSpan().EnumerateLines())
        {
            number++;
            var text = line.Trim();
            if (text.IsEmpty || text[0] == '#')
                continue;
            if (!AssetId.TryParse(text.ToString(), out var id, out var error))
                throw new FormatException($"line {number}: {error}");
            ids.Add(id);
        }

        return [.. ids];
    }

    private static FormatException TooLong() =>
        new($"a list may be at most {LongestList >> 20} MiB here; 'understudy purge --file LIST' takes a million ids");
}
