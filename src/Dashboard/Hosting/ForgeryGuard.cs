using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Hosting;

/// <summary>Takes no POST that doesn't come from a form of ours, whether anybody had to sign in or not.</summary>
internal sealed class ForgeryGuard(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            return await next(context);
        try
        {
            if (http.Request.HasFormContentType)
                await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception large) when (large is InvalidDataException or BadHttpRequestException)
        {
            return Html.Problem(StatusCodes.Status413PayloadTooLarge, $"This form is too large, or not whole: {large.Message}");
        }

        if (!http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http))
            return Html.Problem(StatusCodes.Status400BadRequest, "This form is too old, or it isn't one of this dashboard. Go back, reload the page, and try again.");
        return await next(context);
    }
}
