using Understudy.Warming.Verification;

namespace Understudy.Purging.Targets;

/// <summary>What a target made of one subject.</summary>
internal abstract record PurgeReply
{
    /// <summary>The target says that it is done, which for caches that can be looked at proves nothing.</summary>
    public sealed record Purged : PurgeReply;

    /// <summary>It took the order, and carries it out in its own time: to be asked again (<see cref="IPatientTarget"/>).</summary>
    /// <param name="Order">What it knows the order by.</param>
    /// <param name="AskAfter">How long it usually takes.</param>
    public sealed record Taken(string Order, TimeSpan AskAfter) : PurgeReply;

    /// <summary>May pass: the target is away, overloaded, or not done yet.</summary>
    /// <param name="RetryAfter">When the target itself asks for it, or is known to need it.</param>
    /// <param name="IsAway">Nothing was heard of it: it is the target, whatever the subject.</param>
    public sealed record NotYet(string Reason, TimeSpan? RetryAfter = null, bool IsAway = false) : PurgeReply;

    /// <summary>It doesn't know the order that it took: it is told anew.</summary>
    public sealed record Lost(string Reason) : PurgeReply;

    /// <summary>Will not pass: somebody must act.</summary>
    public sealed record Refused(string Reason) : PurgeReply;

    public static PurgeReply Done { get; } = new Purged();

    /// <summary>Of an answer that isn't the one that means done.</summary>
    /// <param name="what">What was asked: <c>BAN http://varnish/2/5/foo</c>.</param>
    /// <param name="advice">What to do about a refusal.</param>
    public static PurgeReply Of(string what, Heard heard, string? advice = null) => heard switch
    {
        Heard.Silence silence => new NotYet($"{what}: {silence.Why}", IsAway: true),
        Heard.Answer { MayPass: true } answer => new NotYet(Said(what, answer), answer.RetryAfter),
        Heard.Answer answer => new Refused(Said(what, answer) + (advice is null ? "" : $" ({advice})")),
        _ => throw new ArgumentOutOfRangeException(nameof(heard)),
    };

    /// <summary>Of a subject that a target has to be told of more than once.</summary>
    public static PurgeReply Worst(IEnumerable<PurgeReply> replies) => replies.MaxBy(r => r switch { Refused => 3, NotYet => 2, Taken => 1, _ => 0 }) ?? Done;

    private static string Said(string what, Heard.Answer answer) =>
        $"{what} answered {answer.Status}{(answer.Body.Length == 0 ? "" : $": {FirstBytes.Of(answer.Body)}")}";
}
