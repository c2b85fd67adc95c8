namespace Understudy.Warming.Verification;

/// <summary>What an answer must be before its bytes are worth a look: 200, and as long as it said.</summary>
internal static class Whole
{
    public static BadAnswer? Check(ServerAnswer answer)
    {
        if (answer.Status != 200)
            return new BadAnswer(OfStatus(answer.Status), $"wanted status 200, got {answer.Status}{Saying(answer.Body.Span)}");
        if (answer.Body.IsEmpty)
            return new BadAnswer(Flaw.Empty, $"status 200 and an empty body{(answer.ContentLength is > 0 and var length ? $", although {length} bytes were announced" : "")}");
        return answer.ContentLength is { } announced && announced != answer.Body.Length
            ? new BadAnswer(Flaw.Truncated, $"wanted {announced} bytes as announced, got {answer.Body.Length}")
            : null;
    }

    private static Flaw OfStatus(int status) => status switch
    {
        404 => Flaw.NotFound,
        408 or 429 or 503 => Flaw.Overloaded,
        501 => Flaw.Unsupported,
        >= 400 and < 500 => Flaw.Refused,
        >= 500 and < 600 => Flaw.ServerError,
        _ => Flaw.UnexpectedStatus,
    };

    private static string Saying(ReadOnlySpan<byte> body) => body.IsEmpty ? "" : $": {FirstBytes.Of(body)}";
}
