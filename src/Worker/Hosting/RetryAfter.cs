namespace Understudy.Hosting;

/// <summary>How long a server asks to be left alone.</summary>
internal static class RetryAfter
{
    /// <returns>null: it doesn't, or names a time that is over.</returns>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
