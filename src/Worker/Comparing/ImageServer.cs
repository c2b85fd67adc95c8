using Understudy.Warming;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Comparing;

/// <summary>One of the servers that are compared. It has connections of its own.</summary>
internal sealed class ImageServer(string address, TimeProvider time) : IDisposable
{
    // An overview of a large image takes a decoder that can't reduce half a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ImageClient _client = new(time);

    public string Base { get; } = address.TrimEnd('/');

    public Task<Asked> InfoAsync(string identifier, CancellationToken cancel) => GetAsync($"{Base}/{identifier}/info.json", cancel);

    public async Task<Sample> AskAsync(string identifier, ImageRequest request, CancellationToken cancel)
    {
        var url = $"{Base}/{identifier}/{request.Path}";
        var asked = await GetAsync(url, cancel);
        var bad = asked.Answer is { } answer ? GoodImage.Check(request, answer) : asked.Failure;
        return new Sample(url, asked.Took, asked.FirstByte ?? TimeSpan.Zero, asked.Answer?.Body.Length ?? 0, bad);
    }

    public Task<Asked> GetAsync(string url, CancellationToken cancel) => _client.GetAsync(url, Patience, cancel);

    public void Dispose() => _client.Dispose();
}
