using System.Security;

namespace Understudy.Integration.Tests.TestKit;

/// <summary>An error as S3 words it.</summary>
internal sealed record S3Error(int Status, string Code, string Message)
{
    public static readonly S3Error NoSuchBucket = new(404, nameof(NoSuchBucket), "The specified bucket does not exist");
    public static readonly S3Error NoSuchKey = new(404, nameof(NoSuchKey), "The specified key does not exist.");
    public static readonly S3Error NoSuchVersion = new(404, nameof(NoSuchVersion), "The specified version does not exist.");
    public static readonly S3Error PreconditionFailed = new(412, nameof(PreconditionFailed), "At least one of the pre-conditions you specified did not hold");
    public static readonly S3Error InvalidRange = new(416, nameof(InvalidRange), "The requested range is not satisfiable");
    public static readonly S3Error MethodNotAllowed = new(405, nameof(MethodNotAllowed), "The specified method is not allowed against this resource.");
    public static readonly S3Error SlowDown = new(503, nameof(SlowDown), "Please reduce your request rate.");
    public static readonly S3Error TooManyRequests = new(429, nameof(TooManyRequests), "Please reduce your request rate.");
    public static readonly S3Error InternalError = new(500, nameof(InternalError), "We encountered an internal error. Please try again.");
    public static readonly S3Error AccessDenied = new(403, nameof(AccessDenied), "Access Denied");
    public static readonly S3Error ExpiredPresign = new(403, nameof(AccessDenied), "Request has expired");

    /// <summary>Extra elements of the XML, such as <c>Region</c>.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>301: the bucket is in another region.</summary>
    public static S3Error PermanentRedirect(string region) =>
        new(301, nameof(PermanentRedirect), "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")
        {
            Details = new Dictionary<string, string> { ["Endpoint"] = $"s3.{region}.amazonaws.com" },
            Headers = new Dictionary<string, string> { ["x-amz-bucket-region"] = region },
        };

    /// <summary>400: the request was signed for another region than the bucket's.</summary>
    public static S3Error AuthorizationHeaderMalformed(string region) =>
        new(400, nameof(AuthorizationHeaderMalformed), $"The authorization header is malformed; the region 'us-east-1' is wrong; expecting '{region}'")
        {
            Details = new Dictionary<string, string> { ["Region"] = region },
            Headers = new Dictionary<string, string> { ["x-amz-bucket-region"] = region },
        };

    public string Xml(string key) =>
        $"""
         <?xml version="1.0" encoding="UTF-8"?>
         <Error><Code>{Code}</Code><Message>{SecurityElement.Escape(Message)}</Message><Key>{SecurityElement.Escape(key)}</Key>{string.Concat(Details.Select(d => $"<{d.Key}>{d.Value}</{d.Key}>"))}<RequestId>FAULTY</RequestId><HostId>faulty</HostId></Error>
         """;
}
