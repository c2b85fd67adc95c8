namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>Ready-made scripts: which requests meet which fault.</summary>
internal static class CantaloupeScript
{
    public static Func<CantaloupeRequest, CantaloupeFault?> None { get; } = _ => null;

    public static Func<CantaloupeRequest, CantaloupeFault?> Always(CantaloupeFault fault) => _ => fault;

    /// <summary>The first so many requests to this node.</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> First(int times, CantaloupeFault fault) => request => request.Number <= times ? fault : null;

    /// <summary>Each URL fails so many times before it is served.</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> FirstOfEachUrl(int times, CantaloupeFault fault) =>
        request => request.NumberOfUrl <= times ? fault : null;

    /// <summary>The k-th, the 2k-th, …</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> EveryNth(int k, CantaloupeFault fault) => request => request.Number % k == 0 ? fault : null;

    public static Func<CantaloupeRequest, CantaloupeFault?> Images(Func<CantaloupeRequest, CantaloupeFault?> script) =>
        request => request.IsInfo ? null : script(request);

    public static Func<CantaloupeRequest, CantaloupeFault?> Infos(Func<CantaloupeRequest, CantaloupeFault?> script) =>
        request => request.IsInfo ? script(request) : null;

    /// <summary>Requests with this in their URL.</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> Url(string part, Func<CantaloupeRequest, CantaloupeFault?> script) =>
        request => request.Url.Contains(part, StringComparison.Ordinal) ? script(request) : null;

    /// <summary>The more it decodes at once, the longer each takes, as on a server that has run out of processors.</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> SlowerWithLoad(TimeSpan perMegapixelInFlight) =>
        request => request.Pixels == 0 ? null : CantaloupeFault.Slow(perMegapixelInFlight * (request.PixelsInFlight / 1e6));

    /// <summary>The first of them that has a fault.</summary>
    public static Func<CantaloupeRequest, CantaloupeFault?> Any(params Func<CantaloupeRequest, CantaloupeFault?>[] scripts) =>
        request => scripts.Select(script => script(request)).FirstOrDefault(fault => fault is not null);
}
