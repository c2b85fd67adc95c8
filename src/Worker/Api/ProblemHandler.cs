using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using Understudy.Catalogue;

namespace Understudy.Api;

/// <summary>Turns what an endpoint threw into a problem: the caller's mistakes with the reason, ours with a trace id and nothing else.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var (status, detail) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, Detail(bad)),
            // The binder takes only a JsonException for the caller's fault.
            NotSupportedException when JsonFault.Describe(exception) is { } fault => (StatusCodes.Status400BadRequest, fault),
            NpgsqlException away when away.MayPass() => (StatusCodes.Status503ServiceUnavailable, "the catalogue can't be reached; try again"),
            _ => (StatusCodes.Status500InternalServerError, null),
        };
        if (detail is null)
        {
            Log.Unexpected(logger, httpContext.Request.Method, httpContext.Request.Path, exception);
            detail = $"something went wrong in the worker; its log has the reason under trace {Problems.TraceId(httpContext)}";
        }

        await Problems.WriteAsync(httpContext, status, detail);
        return true;
    }

    private static string Detail(BadHttpRequestException bad)
    {
        if (bad.InnerException is { } inner && JsonFault.Describe(inner) is { } fault)
            return fault;
        if (Unbound().Match(bad.Message) is { Success: true } unbound)
            return $"{unbound.Groups[2].Value} is '{unbound.Groups[3].Value}'; it must be {Expected(unbound.Groups[1].Value)}";
        if (Absent().Match(bad.Message) is { Success: true } absent)
            return $"{absent.Groups[2].Value} is missing; it must be {Expected(absent.Groups[1].Value)} in the {absent.Groups[3].Value}";
        return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "the body is too large; at most 64 MiB are taken, so send it in parts" : bad.Message;
    }

    private static string Expected(string type) => type.TrimEnd('?') switch
    {
        "int" or "long" or "Int32" or "Int64" => "a whole number",
        "bool" or "Boolean" => "true or false",
        "DateTimeOffset" => "a time such as 2026-11-22T07:00:00Z",
        "TimeSpan" => "a time such as 00:00:10",
        "Guid" => "a GUID",
        var other => $"a {other}",
    };

    // RequestDelegateFactory's words: Failed to bind parameter "int customer" from "abc".
    [GeneratedRegex("^Failed to bind parameter \"(.+) (\\S+)\" from \"(.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Unbound();

    // Required parameter "string after" was not provided from query string.
    [GeneratedRegex("^Required parameter \"(.+) (\\S+)\" was not provided from (.+)\\.$")]
    private static partial Regex Absent();

    private static partial class Log
    {
        [LoggerMessage(130, LogLevel.Error, "{Method} {Path} failed unexpectedly")]
        public static partial void Unexpected(ILogger logger, string method, PathString path, Exception exception);
    }
}
