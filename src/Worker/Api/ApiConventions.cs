using Understudy.Contracts;

namespace Understudy.Api;

/// <summary>What every endpoint has in common: the wire's JSON and the way errors are told.</summary>
internal static class ApiConventions
{
    public static void AddApiConventions(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => Wire.Configure(json.SerializerOptions));
        // Otherwise a request that can't be bound is a bare 400 outside Development.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
            context.ProblemDetails.Extensions["traceId"] = Problems.TraceId(context.HttpContext));
    }

    public static void UseApiConventions(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => Problems.WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode, Bare(context.HttpContext)));
    }

    /// <summary>Why routing answered with nothing but a status.</summary>
    private static string Bare(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}; /openapi/v1.json lists what there is",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} doesn't take {context.Request.Method}, only {context.Response.Headers.Allow}",
        StatusCodes.Status413PayloadTooLarge => "the body is too large; at most 64 MiB are taken, so send it in parts",
        StatusCodes.Status415UnsupportedMediaType => "the body must be JSON, sent with Content-Type: application/json",
        var status => $"refused with status {status}",
    };
}
