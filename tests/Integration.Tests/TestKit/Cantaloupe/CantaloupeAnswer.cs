using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

internal sealed record CantaloupeAnswer(int Status, string ContentType, byte[] Body)
{
    public bool IsFromCache { get; init; }

    private CantaloupeFault Fault { get; init; } = new();

    public static CantaloupeAnswer Refusal(int status) => new(status, "text/plain;charset=UTF-8", Encoding.UTF8.GetBytes($"{status} of the fake"));

    public CantaloupeAnswer With(CantaloupeFault fault)
    {
        var answer = fault.Status is { } status && status != 200 ? Refusal(status) : this;
        var body = fault.Text is { } text ? Encoding.UTF8.GetBytes(text) : answer.Body;
        return answer with { Body = fault.Alter?.Invoke(body) ?? body, Fault = fault };
    }

    public async Task SendAsync(HttpContext context, CantaloupeExchange exchange, TimeProvider time, CancellationToken stop)
    {
        var sends = Math.Min(Body.Length, Fault.BodyBytes ?? int.MaxValue);
        var response = context.Response;
        exchange.Status = response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Fault.End == BodyEnd.Lie ? sends : Body.Length;
        if (Status == 200)
            response.Headers.CacheControl = "max-age=2592000, public, no-transform";
        if (Fault.RetryAfter is { } after)
            response.Headers.RetryAfter = ((long)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        await response.StartAsync(stop);
        await response.Body.WriteAsync(Body.AsMemory(0, sends), stop);
        await response.Body.FlushAsync(stop);
        exchange.BytesSent = sends;
        if (Fault.BodyBytes is not null)
            await context.EndAsync(Fault.End, time, stop);
    }
}
