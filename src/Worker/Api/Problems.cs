using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Understudy.Api;

/// <summary>How errors are told (RFC 9457): <c>detail</c> says what, wanted against got, and what to do.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>An expected outcome that is no success: 404 no source, 422 bad source, 503 no room.</summary>
    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(Details(status, detail));

    /// <summary>400 that names the field, its value and the rule that it breaks.</summary>
    public static ProblemHttpResult Invalid(string field, string? value, string rule) =>
        Of(StatusCodes.Status400BadRequest, value is null ? $"{field} is missing; it {rule}" : $"{field} is '{value}'; it {rule}");

    /// <summary>400 for a body that is not the JSON it should be.</summary>
    public static ProblemHttpResult BadJson(Exception failure) =>
        Of(StatusCodes.Status400BadRequest, JsonFault.Describe(failure) ?? "the body is not the JSON that is expected here");

    public static async Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        var problem = Details(status, detail);
        problem.Extensions["traceId"] = TraceId(context);
        await context.Response.WriteAsJsonAsync(problem, (JsonSerializerOptions?)null, ContentType, context.RequestAborted);
    }

    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static ProblemDetails Details(int status, string detail) =>
        new() { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };
}
