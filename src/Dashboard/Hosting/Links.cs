using System.Globalization;
using Microsoft.AspNetCore.Http;
using Understudy.Contracts;

namespace Understudy.Dashboard.Hosting;

/// <summary>Every address within the dashboard, behind whatever it is served under.</summary>
internal sealed class Links(HttpContext http)
{
    /// <summary>For the script.</summary>
    public string Base => http.Request.PathBase.ToUriComponent();

    /// <summary>The script looks for what has changed: only live regions matter, and what is dear and isn't live may be left out.</summary>
    public bool IsLook => http.Request.Headers.XRequestedWith == "live";

    /// <summary>This page, with its query, as the browser has it.</summary>
    public string Here => $"{Base}{http.Request.Path.ToUriComponent()}{http.Request.QueryString.ToUriComponent()}";

    public string Overview => To("/");

    public string To(string path) => Base + path;

    /// <summary>With a query of what isn't null.</summary>
    public string To(string path, params (string Name, object? Value)[] query)
    {
        var shown = query.Select(q => (q.Name, Value: Convert.ToString(q.Value, CultureInfo.InvariantCulture))).Where(q => !string.IsNullOrEmpty(q.Value)).ToList();
        return shown.Count == 0 ? To(path) : $"{To(path)}?{string.Join('&', shown.Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"))}";
    }

    public string Look(string file) => To($"/look/{file}", ("v", Dashboard.Look.LookFiles.Version(file)));

    public string Assets(int? customer = null, int? space = null, AssetState? state = null, string? stage = null) =>
        To("/assets", ("customer", customer), ("space", space), ("state", Word(state)), ("stage", stage));

    public string Asset(AssetId id, string? verb = null) =>
        To(string.Create(CultureInfo.InvariantCulture, $"/assets/{id.Customer}/{id.Space}/{Uri.EscapeDataString(id.Asset)}{(verb is null ? "" : "/")}{verb}"));

    /// <summary>A job, or what is done to it.</summary>
    public string Schedule(string name, string? verb = null) => To($"/schedules/{Uri.EscapeDataString(name)}{(verb is null ? "" : "/")}{verb}");

    /// <summary>Plans in a lane and a state; dead ones where nothing is said.</summary>
    public string Plans(Lane? lane = null, AssetState? state = null, string? stage = null, Fault? fault = null) =>
        To("/plans", ("state", Word(state)), ("lane", Word(lane)), ("stage", stage), ("fault", Word(fault)));

    public string Store(int? customer = null) => To("/store", ("customer", customer));

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } given ? Parts.Show.Word(given) : null;
}
