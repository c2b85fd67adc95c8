using Understudy.Copying.Flow;
using Understudy.Warming.Flow;
using Understudy.Warming.Verification;

namespace Understudy.Warming;

/// <summary>Asks one thing of one node, in its turn, and judges the answer.</summary>
internal sealed class Questions(ImageClient client, WarmingOptions options)
{
    public async Task<Reply> AskAsync(NodeFlow node, WarmRequest request, FlowTicket ticket, CancellationToken cancel)
    {
        using var turn = await node.EnterAsync(request.Pixels, (int)ticket.Lane, cancel);
        if (turn is null)
            return new Reply.Held($"{node.Name} is left alone until {node.PausedUntil:HH:mm:ss}Z, after it was overloaded or away");

        var url = node.Name + request.Path;
        var asked = await client.GetAsync(url, options.Flow.RequestTimeout, cancel);
        var bad = asked.Failure ?? request.Check(asked.Answer!);
        turn.Finished(TurnReport.Of(bad, asked.Took, asked.RetryAfter));
        WarmMetrics.Answered(node.Name, request, bad, asked);
        return Judge(url, request, asked, bad);
    }

    /// <summary>The public info.json isn't an image server's: no turn is needed, and none of its troubles is a node's.</summary>
    public async Task<Reply> AskPublicAsync(string url, WarmRequest.Info request, CancellationToken cancel)
    {
        var asked = await client.GetAsync(url, options.Flow.RequestTimeout, cancel);
        return Judge(url, request, asked, asked.Failure ?? request.Check(asked.Answer!));
    }

    // A node that doesn't even answer for an info.json has a trouble of its own; a picture that takes too long may be at fault itself.
    private static Reply Judge(string url, WarmRequest request, Asked asked, BadAnswer? bad) => bad switch
    {
        null => new Reply.Good(url, asked.Answer!, asked.Took),
        { Flaw: Flaw.Overloaded } => new Reply.Held($"{url}: {bad.Reason}"),
        { Flaw: Flaw.TimedOut } when request is WarmRequest.Info => new Reply.Held($"{url}: {bad.Reason}"),
        _ when asked.IsUnreachable => new Reply.Held($"{url}: {bad.Reason}"),
        _ => new Reply.Bad(url, bad),
    };
}

/// <summary>What a node had to say.</summary>
internal abstract record Reply
{
    public sealed record Good(string Url, ServerAnswer Answer, TimeSpan Took) : Reply;

    public sealed record Bad(string Url, BadAnswer Why) : Reply;

    /// <summary>Nothing about this image: the server is overloaded or away.</summary>
    public sealed record Held(string Reason) : Reply;
}
