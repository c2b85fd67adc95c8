using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Hosting;

/// <summary>Pages as results of endpoints.</summary>
internal static class Html
{
    /// <param name="parameters">An object whose properties are the component's parameters.</param>
    public static IResult Page<T>(object? parameters = null, int status = StatusCodes.Status200OK)
        where T : IComponent => new RazorComponentResult<T>(parameters ?? new { }) { StatusCode = status, PreventStreamingRendering = true };

    public static IResult Problem(int status, string reason, string? trace = null) => Page<ProblemPage>(new { Status = status, Reason = reason, Trace = trace }, status);
}
