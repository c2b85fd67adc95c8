namespace Understudy.Purging.Targets;

/// <summary>What came back for a request.</summary>
internal abstract record Heard
{
    public sealed record Answer(int Status, Uri? Location, byte[] Body, TimeSpan? RetryAfter) : Heard
    {
        public bool IsGood => Status is >= 200 and < 300;

        // 501 is what a server says to a method that it will never know.
        public bool MayPass => Status is 408 or 425 or 429 or (>= 500 and < 600 and not 501);
    }

    public sealed record Silence(string Why) : Heard;
}
