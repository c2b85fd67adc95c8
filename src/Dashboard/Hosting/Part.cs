using System.Net;
using Understudy.Contracts;

namespace Understudy.Dashboard.Hosting;

/// <summary>What one part of a page is made of, or why it isn't to be had: a store that hangs must not hide the queues.</summary>
public sealed record Part<T>(T? Value, string? Reason)
    where T : class;

internal static class Part
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<Part<T>> OfAsync<T>(Func<CancellationToken, Task<T>> ask, TimeProvider time, CancellationToken cancel)
        where T : class
    {
        using var timer = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            return new Part<T>(await ask(either.Token), null);
        }
        catch (UnderstudyException refused) when (refused.Status != HttpStatusCode.Unauthorized)
        {
            return new Part<T>(null, refused.Message);
        }
        catch (HttpRequestException away)
        {
            return new Part<T>(null, $"the worker doesn't answer: {away.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Part<T>(null, $"no answer within {Patience.TotalSeconds} s");
        }
    }
}
