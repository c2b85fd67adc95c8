using System.Net;
using System.Net.Sockets;

namespace Understudy.Aws;

/// <summary>A service refused a request, or could not be reached.</summary>
/// <param name="code">The service's own word, without its namespace: <c>QueueDoesNotExist</c>. Empty where nobody answered.</param>
internal sealed class AwsFailure(string message, string code = "", HttpStatusCode? status = null, Exception? inner = null) : Exception(message, inner)
{
    // Of AWS's services at large: which word comes depends on who throttles.
    private static readonly string[] ThrottlingCodes =
    [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "RequestLimitExceeded",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "OverLimit", "KmsThrottled", "SlowDown", "BandwidthLimitExceeded", "PriorRequestNotComplete",
    ];

    public string Code { get; } = code;

    public HttpStatusCode? Status { get; } = status;

    public bool IsThrottling => Status == HttpStatusCode.TooManyRequests || ThrottlingCodes.Contains(Code);

    /// <summary>The same request may succeed later.</summary>
    public bool MayPass => Status is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout || IsThrottling || HasOldCredentials || IsClockSkew;

    public bool HasOldCredentials => Code is "ExpiredToken" or "ExpiredTokenException" or "RequestExpired";

    /// <summary>The service says that the signature's time is wrong; a wrong key gets SignatureDoesNotMatch as well, without these words.</summary>
    public bool IsClockSkew =>
        Code is "RequestTimeTooSkewed" or "RequestInTheFuture"
        || Code is "InvalidSignatureException" or "SignatureDoesNotMatch" or "AuthFailure" && (Message.Contains("Signature expired", StringComparison.Ordinal) || Message.Contains("Signature not yet current", StringComparison.Ordinal));

    public bool IsMissingQueue => Code is "QueueDoesNotExist" or "AWS.SimpleQueueService.NonExistentQueue";

    /// <summary>Another holds the message by now, or it was deleted.</summary>
    public static bool IsLostReceipt(string code) => code is "ReceiptHandleIsInvalid" or "MessageNotInflight" or "AWS.SimpleQueueService.MessageNotInflight";

    /// <summary>What to do about it, as a person would say it; null where the message says it all.</summary>
    public string? Advice => this switch
    {
        { Code: "AccessDenied" or "AccessDeniedException" or "AuthorizationError" } => "the worker's credentials need a policy that allows it (docs/messages.md has one)",
        { Code: "InvalidClientTokenId" or "UnrecognizedClientException" } => "the access key is unknown: check the credentials",
        { IsClockSkew: true } => "this machine's clock is off: check its time service",
        { InnerException: HttpRequestException { InnerException: SocketException } } => "is the region right (Aws:Region), and the network open?",
        _ => null,
    };
}
