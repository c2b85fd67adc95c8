using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Understudy.Integration.Tests.TestKit;
using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.Warming;

/// <summary>The planner against OpenSeadragon itself, which Node executes (<c>tests/viewers</c>). OSD_SEED replays a run, OSD_IMAGES makes it longer.</summary>
public sealed class OpenSeadragonTests
{
    [Fact]
    public async Task Plans_of_random_images_are_what_OpenSeadragon_asks_for_to_the_letter()
    {
        var seed = Number("OSD_SEED") ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"OSD_SEED={seed}");

        var (wanted, images, requests, refused) = (Number("OSD_IMAGES") ?? 3000, 0, 0L, 0);
        await foreach (var line in VectorsAsync($"{seed}", $"{wanted}"))
        {
            using var vector = JsonDocument.Parse(line);
            var json = vector.RootElement.GetProperty("info").GetRawText();
            if (!IiifImage.TryParse(Encoding.UTF8.GetBytes(json), out var image, out var error))
                refused++;
            images++;
            foreach (var profile in Enum.GetValues<ViewerProfile>())
                requests += Compare(json, image, error, profile, vector.RootElement.GetProperty(profile.ToString()), seed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{images} images, {requests} requests, {refused} images that no viewer draws");
        Assert.True(images == wanted && requests > 100 * images && refused < images / 10, $"OSD_SEED={seed}: {images} images, {requests} requests, {refused} refused");
    }

    private static int Compare(string info, IiifImage? image, string? error, ViewerProfile profile, JsonElement answer, int seed)
    {
        var plan = image is null ? [] : TilePlan.Of(image, profile).ToList();
        var expected = answer.TryGetProperty("levels", out var levels) ? levels.EnumerateArray().ToList() : [];
        for (var level = 0; level < expected.Count; level++)
        {
            var urls = plan.Where(r => r.Level == level).Select(r => $"{image!.Id}/{r.Path}").ToList();
            var same = expected[level].ValueKind == JsonValueKind.Array
                ? urls.SequenceEqual(expected[level].EnumerateArray().Select(u => u.GetString()))
                : urls.Count == expected[level].GetProperty("count").GetInt32() && Hash(urls) == expected[level].GetProperty("hash").GetString();
            Assert.True(same, $"OSD_SEED={seed}, profile {profile}, level {level} of {info}\nOpenSeadragon: {expected[level]}\nhere: {error} {string.Join(' ', urls.Take(20))} … {urls.LastOrDefault()}");
        }

        Assert.True(plan.All(r => r.Level < expected.Count), $"OSD_SEED={seed}, profile {profile}: more levels than OpenSeadragon's {expected.Count} ({answer}) of {info}");
        Assert.True(plan.Count > 0 || image is null || Pyramid.Obstacle(image, profile) is not null || info.Contains("\"tiles\"", StringComparison.Ordinal), $"OSD_SEED={seed}, profile {profile}: no reason for no requests of {info}");
        return plan.Count;
    }

    private static string Hash(List<string> urls) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(urls.Select(u => u + "\n")))));

    private static async IAsyncEnumerable<string> VectorsAsync(params string[] arguments)
    {
        var script = Path.Combine(FauxqsServer.RepositoryRoot(), "tests", "viewers", "vectors.mjs");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(script)!, "node_modules")))
            throw new InvalidOperationException("the viewers are not installed: run ./test once, or npm ci in tests/viewers");
        var node = Environment.GetEnvironmentVariable("TEST_NODE") is { Length: > 0 } given ? given : "node";
        using var process = Process.Start(new ProcessStartInfo(node, [script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        }) ?? throw new InvalidOperationException($"{node} did not start");
        try
        {
            var complaints = process.StandardError.ReadToEndAsync();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                yield return line;
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {await complaints}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
