using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Understudy.Dashboard.Hosting;

namespace Understudy.Dashboard.Look;

/// <summary>Style sheet, script and sign, from within the assembly. Their URLs have their hash, so browsers keep them until they change.</summary>
internal static class LookFiles
{
    private static readonly FrozenDictionary<string, (string ContentType, byte[] Bytes, string Version)> Files = new[]
    {
        ("dashboard.css", "text/css; charset=utf-8"),
        ("dashboard.js", "text/javascript; charset=utf-8"),
        ("understudy.svg", "image/svg+xml"),
    }.ToFrozenDictionary(f => f.Item1, f => Read(f.Item1, f.Item2));

    public static string Version(string file) => Files[file].Version;

    public static void MapLook(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/look/{file}", (string file, HttpContext http) =>
        {
            if (!Files.TryGetValue(file, out var found))
                return Results.NotFound();
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(found.Bytes, found.ContentType);
        }).WithMetadata(new OpenToAll());

    private static (string, byte[], string) Read(string name, string contentType)
    {
        using var stream = typeof(LookFiles).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (contentType, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }
}
