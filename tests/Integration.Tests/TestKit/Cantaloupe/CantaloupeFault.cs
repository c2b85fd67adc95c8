using Understudy.Warming.Planning;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>What goes wrong with one answer. Each part is a fault of its own; <c>with</c> combines them.</summary>
internal sealed record CantaloupeFault
{
    /// <summary>200 without a body: reading the source failed on the way.</summary>
    public static readonly CantaloupeFault Empty = new() { Alter = _ => [] };

    /// <summary>200 with the first half, and a Content-Length that fits it.</summary>
    public static readonly CantaloupeFault Truncated = new() { Alter = body => body[..(body.Length / 2)] };

    public static readonly CantaloupeFault NotFound = Failing(404);
    public static readonly CantaloupeFault ServerError = Failing(500);
    public static readonly CantaloupeFault UnsupportedSource = Failing(501);

    /// <summary>Nothing is sent before the gate opens. The source has been read by then, so what goes into the caches afterwards may be old.</summary>
    public Gate? Gate { get; init; }

    public TimeSpan Latency { get; init; }

    public int? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>In place of the body; the content type stays that of the image.</summary>
    public string? Text { get; init; }

    public Func<byte[], byte[]>? Alter { get; init; }

    /// <summary>The image, or the dimensions in the info.json, come out like this.</summary>
    public Func<PixelSize, PixelSize>? Resize { get; init; }

    /// <summary>So many bytes of the body, then <see cref="End"/>.</summary>
    public int? BodyBytes { get; init; }

    public BodyEnd End { get; init; }

    /// <summary>The bad bytes go into the derivative cache, and come again until it is purged.</summary>
    public bool Sticks { get; init; }

    public static CantaloupeFault Failing(int status) => new() { Status = status };

    public static CantaloupeFault Overloaded(TimeSpan retryAfter) => new() { Status = 503, RetryAfter = retryAfter };

    public static CantaloupeFault SaysInstead(string text) => new() { Text = text };

    public static CantaloupeFault WrongSize(int width, int height) => new() { Resize = _ => new PixelSize(width, height) };

    public static CantaloupeFault Held(Gate gate) => new() { Gate = gate };

    public static CantaloupeFault Slow(TimeSpan latency) => new() { Latency = latency };

    /// <summary>At most so many bytes arrive: a reset can overtake the last ones.</summary>
    public static CantaloupeFault ResetAfter(int bytes) => new() { BodyBytes = bytes, End = BodyEnd.Reset };

    /// <summary>0: headers, then silence, until the client or the server goes away.</summary>
    public static CantaloupeFault StallAfter(int bytes) => new() { BodyBytes = bytes, End = BodyEnd.Stall };

    /// <summary>Whether the answer is another than a good one, and so isn't cached.</summary>
    public bool Spoils => Status is not null || Text is not null || Alter is not null || Resize is not null;
}
