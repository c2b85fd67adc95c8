namespace Understudy.Warming.Flow;

/// <summary>What an answer says about how busy its server is.</summary>
internal enum AnswerKind
{
    /// <summary>A good image. Its latency counts.</summary>
    Good,

    /// <summary>Wrong, but not for being busy: 404, 500, 501, a 200 that is no image. Its latency says nothing; that it came at all ends a pause.</summary>
    Bad,

    /// <summary>503, 429, a time-out, a connection that failed.</summary>
    Overload,

    /// <summary>Given up by this side.</summary>
    Cancelled,
}
