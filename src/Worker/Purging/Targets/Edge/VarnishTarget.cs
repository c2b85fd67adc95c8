namespace Understudy.Purging.Targets.Edge;

/// <summary>
/// One Varnish. A method that its VCL doesn't know it hands to the backend, whose answer is then the only sign: so 404 to a BAN is a fault, and not
/// the sign of an empty cache.
/// </summary>
internal sealed class VarnishTarget(VarnishOptions options, TargetHttp http) : IPurgeTarget
{
    private const int AtOnce = 4;

    // Their ids stay far below the 8 KiB that Varnish takes for one header line by default.
    private const int KeysAtOnce = 20;

    private static readonly HttpMethod Ban = new("BAN"), Purge = new("PURGE");

    private readonly string _address = options.Url.TrimEnd('/');

    public string Name => $"varnish {_address}";

    public TargetKind Kind => TargetKind.Varnish;

    public int MostAtOnce => 100;

    public Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel) => options.Mode switch
    {
        VarnishMode.Ban => Each.OfAsync(subjects, AtOnce, BanAsync, cancel),
        VarnishMode.Purge => Each.OfAsync(subjects, AtOnce, PurgePathsAsync, cancel),
        _ => PurgeKeysAsync(subjects, cancel),
    };

    // As it was in the header of the cached answer, and in the path for a VCL that takes it from there.
    private Task<PurgeReply> BanAsync(PurgeSubject subject, CancellationToken cancel) =>
        SendAsync(Ban, IdTemplate.Of("/{id}", subject.Id, customer: null, Uri.EscapeDataString), $"{subject.Id}", isNothingGood: false, cancel);

    private async Task<PurgeReply> PurgePathsAsync(PurgeSubject subject, CancellationToken cancel)
    {
        var customers = subject.CustomerName is { } name ? new[] { null, name } : [null];
        foreach (var path in customers.SelectMany(c => options.Paths.Select(p => IdTemplate.Of(p, subject.Id, c, Uri.EscapeDataString))).Distinct())
        {
            // Many VCLs say 404 where there was nothing to purge.
            if (await SendAsync(Purge, path, null, isNothingGood: true, cancel) is not PurgeReply.Purged and var bad)
                return bad;
        }

        return PurgeReply.Done;
    }

    // Keys are parted by spaces. An id with a space is several keys, to the VCL that tagged the answer as well.
    private async Task<IReadOnlyList<PurgeReply>> PurgeKeysAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        var chunks = subjects.Chunk(KeysAtOnce).ToList();
        var replies = await Each.OfAsync(chunks, AtOnce, (some, stop) => SendAsync(Purge, "/", string.Join(' ', some.Select(s => $"{s.Id}")), isNothingGood: true, stop), cancel);
        return [.. chunks.Zip(replies).SelectMany(c => Enumerable.Repeat(c.Second, c.First.Length))];
    }

    private async Task<PurgeReply> SendAsync(HttpMethod method, string path, string? ids, bool isNothingGood, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, WebAddress.Verbatim(_address + path));
        request.Headers.Host = options.Host;
        if (ids is not null)
            request.Headers.TryAddWithoutValidation(options.HeaderInUse, ids);
        return await http.SendAsync(request, options.Timeout, cancel) switch
        {
            Heard.Answer { IsGood: true } => PurgeReply.Done,
            Heard.Answer { Status: 404 } when isNothingGood => PurgeReply.Done,
            var heard => PurgeReply.Of($"{method} {_address}{path}", heard, "does its VCL know the method, and its acl the worker's address?"),
        };
    }
}
