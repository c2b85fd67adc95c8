using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Comparing;

/// <summary>What is asked of all servers for one asset, or why nothing is.</summary>
internal sealed record AssetPlan(IReadOnlyList<ImageRequest> Requests, string? Obstacle, ImageServer? Unreachable = null)
{
    /// <summary>Reads each server's info.json: they have to speak of the same image, or one plan would not do for all.</summary>
    public static async Task<AssetPlan> MakeAsync(
        ComparedAsset asset, IReadOnlyList<ImageServer> servers, CompareArguments arguments, CancellationToken cancel)
    {
        IiifImage? plannedFrom = null;
        if (arguments.Info is { } given)
        {
            var (text, missing) = await ReadAsync(given, asset, servers[0], cancel);
            if ((plannedFrom = Parse(text, missing, given, out var wrong)) is null)
                return wrong!;
        }

        foreach (var (server, identifier) in servers.Zip(asset.Identifiers))
        {
            var reply = await server.InfoAsync(identifier, cancel);
            if (reply.IsUnreachable)
                return new AssetPlan([], $"{server.Base}: {reply.Failure!.Reason}", server);
            var bad = reply.Answer is { } answer ? Whole.Check(answer) : reply.Failure;
            if (Parse(reply.Answer?.Body ?? default, bad?.Reason, server.Base, out var wrong) is not { } image)
                return wrong!;
            plannedFrom ??= image;
            if (image.Size != plannedFrom.Size)
                return new AssetPlan([], $"{server.Base} has it with {image.Size}, the info.json that is planned from with {plannedFrom.Size}");
        }

        return Of(plannedFrom!, arguments);
    }

    private static AssetPlan Of(IiifImage image, CompareArguments arguments)
    {
        if (Pyramid.Obstacle(image, arguments.Profile) is { } obstacle)
            return new AssetPlan([], obstacle);
        // A viewer asks for what the limits forbid, too; but a refusal is no image, and says nothing of how fast one comes.
        ImageRequest[] requests = [.. TilePlan.Of(image, arguments.Profile).Where(r => image.Refusal(r) is null).Take(arguments.MaxRequests ?? int.MaxValue)];
        return new AssetPlan(requests, requests.Length == 0 ? "a viewer can ask for nothing of it" : null);
    }

    private static async Task<(ReadOnlyMemory<byte> Json, string? Missing)> ReadAsync(string info, ComparedAsset asset, ImageServer client, CancellationToken cancel)
    {
        if (!IsAddress(info))
        {
            try
            {
                return (await File.ReadAllBytesAsync(info, cancel), null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return (default, e.Message);
            }
        }

        var reply = await client.GetAsync(info.Replace("{id}", asset.Name, StringComparison.Ordinal), cancel);
        var bad = reply.Answer is { } answer ? Whole.Check(answer) : reply.Failure;
        return (reply.Answer?.Body ?? default, bad?.Reason);
    }

    public static bool IsAddress(string info) =>
        info.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || info.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static IiifImage? Parse(ReadOnlyMemory<byte> json, string? missing, string where, out AssetPlan? wrong)
    {
        string? error = null;
        var image = missing is null && IiifImage.TryParse(json, out var parsed, out error) ? parsed : null;
        wrong = image is null ? new AssetPlan([], missing is null ? $"{where}: {error}" : $"{where}: no info.json: {missing}") : null;
        return image;
    }
}
