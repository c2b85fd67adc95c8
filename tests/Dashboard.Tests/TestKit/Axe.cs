using System.Text.Json;
using Microsoft.Playwright;

namespace Understudy.Dashboard.Tests.TestKit;

/// <summary>axe-core, run within a page. It comes in by the debugger, so that the page's own policy is none of its business.</summary>
internal static class Axe
{
    private static readonly Lazy<string> Source = new(() => File.ReadAllText(Path.Combine(Repository(), "tests/accessibility/node_modules/axe-core/axe.min.js")));

    /// <returns>What WCAG 2.2 AA or good practice has against the page.</returns>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(Source.Value);
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))");
        return [.. found.EnumerateArray().Select(v => v.GetString()!)];
    }

    public static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Worker.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests run outside of the repository");
        return folder.FullName;
    }
}
