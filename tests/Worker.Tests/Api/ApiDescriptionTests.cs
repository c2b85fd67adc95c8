using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Understudy.Api.Keys;
using Understudy.Contracts;

namespace Understudy.Worker.Tests.Api;

public class ApiDescriptionTests
{
    [Fact]
    public async Task Document_shows_an_asset_id_as_a_string_and_the_bearer_scheme()
    {
        await using var worker = await RunningWorker.StartAsync(map: app => app.MapPost("/x", (AssetSummary summary) => summary).RequireRead());
        var document = await worker.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var id = document.GetProperty("components").GetProperty("schemas").GetProperty("AssetId");
        Assert.Equal("string", id.GetProperty("type").GetString());
        Assert.Equal(220, id.GetProperty("maxLength").GetInt32());
        Assert.Matches(id.GetProperty("pattern").GetString()!, "2/5/foo");
        Assert.DoesNotMatch(id.GetProperty("pattern").GetString()!, "02/5/foo");
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("scheme").GetString());
        Assert.False(document.GetProperty("paths").TryGetProperty("/metrics", out _));
    }
}
