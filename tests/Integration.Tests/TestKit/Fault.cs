namespace Understudy.Integration.Tests.TestKit;

/// <summary>How a body that stops early ends.</summary>
internal enum BodyEnd
{
    /// <summary>TCP reset.</summary>
    Reset,

    /// <summary>The connection is closed in good order, short of the promised Content-Length.</summary>
    Close,

    /// <summary>Silence, until the client goes away or the server is disposed of.</summary>
    Stall,

    /// <summary>A good response, as all that can be seen of it: Content-Length is the shorter one.</summary>
    Lie,
}

/// <summary>What goes wrong with one response. Each part is a fault of its own; <c>with</c> combines them.</summary>
internal sealed record Fault
{
    public static readonly Fault SlowDown = Failing(S3Error.SlowDown);
    public static readonly Fault TooManyRequests = Failing(S3Error.TooManyRequests);
    public static readonly Fault InternalError = Failing(S3Error.InternalError);
    public static readonly Fault AccessDenied = Failing(S3Error.AccessDenied);
    public static readonly Fault ExpiredPresign = Failing(S3Error.ExpiredPresign);
    public static readonly Fault ResetBeforeHeaders = new() { BeforeHeaders = BodyEnd.Reset };
    public static readonly Fault StallBeforeHeaders = new() { BeforeHeaders = BodyEnd.Stall };
    public static readonly Fault WholeInsteadOfRange = new() { IgnoresRange = true };
    public static readonly Fault WrongContentRange = new() { ContentRangeShift = 1 };
    public static readonly Fault NoETag = new() { HidesETag = true };
    public static readonly Fault DuplicateHeaders = new() { DuplicatesHeaders = true };

    public S3Error? Error { get; init; }

    /// <summary><see cref="BodyEnd.Reset"/> or <see cref="BodyEnd.Stall"/> in place of any response.</summary>
    public BodyEnd? BeforeHeaders { get; init; }

    public TimeSpan FirstByteDelay { get; init; }

    /// <summary>200 and the whole object, whatever range was asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Content-Range lies by so many bytes; the body is right.</summary>
    public long ContentRangeShift { get; init; }

    public bool HidesETag { get; init; }

    /// <summary>ETag, Last-Modified and Content-Range come twice, the second time with another value.</summary>
    public bool DuplicatesHeaders { get; init; }

    /// <summary>The byte at this offset of the object has one bit turned; responses without it are as they should be.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>So many bytes of the body, then <see cref="End"/>.</summary>
    public long? BodyBytes { get; init; }

    public BodyEnd End { get; init; }

    /// <summary>The body comes in pieces of so many bytes, each after <see cref="TricklePause"/>.</summary>
    public int? TrickleBytes { get; init; }

    public TimeSpan TricklePause { get; init; }

    /// <summary>When this request is answered, the next one finds this object under the key.</summary>
    public FaultyObject? ReplacesObject { get; init; }

    public static Fault Failing(S3Error error) => new() { Error = error };

    public static Fault PermanentRedirect(string region) => Failing(S3Error.PermanentRedirect(region));

    public static Fault WrongRegion(string region) => Failing(S3Error.AuthorizationHeaderMalformed(region));

    /// <summary>At most so many bytes arrive: a reset can overtake the last ones.</summary>
    public static Fault ResetAfter(long bytes) => new() { BodyBytes = bytes, End = BodyEnd.Reset };

    public static Fault CloseAfter(long bytes) => new() { BodyBytes = bytes, End = BodyEnd.Close };

    /// <summary>0: headers, then silence.</summary>
    public static Fault StallAfter(long bytes) => new() { BodyBytes = bytes, End = BodyEnd.Stall };

    public static Fault ShorterBody(long bytes) => new() { BodyBytes = bytes, End = BodyEnd.Lie };

    public static Fault Corrupt(long offset) => new() { CorruptAt = offset };

    public static Fault SlowFirstByte(TimeSpan delay) => new() { FirstByteDelay = delay };

    public static Fault Trickle(int bytes, TimeSpan pause) => new() { TrickleBytes = bytes, TricklePause = pause };

    public static Fault ReplaceWith(FaultyObject next) => new() { ReplacesObject = next };
}
