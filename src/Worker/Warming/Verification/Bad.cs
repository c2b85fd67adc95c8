namespace Understudy.Warming.Verification;

/// <summary>The ways in which bytes fail to be an image, in one wording for all formats.</summary>
internal static class Bad
{
    public static BadAnswer Start(ReadOnlySpan<byte> body, string wanted) =>
        new(Flaw.NotAnImage, $"wanted {wanted}, got {body.Length} bytes that are none: {FirstBytes.Of(body)}");

    public static BadAnswer Cut(ReadOnlySpan<byte> body, string missing) =>
        new(Flaw.Truncated, $"the image stops after {body.Length} bytes, before {missing}");

    public static BadAnswer Structure(string what) => new(Flaw.Damaged, $"the image is damaged: {what}");

    /// <summary>Encoders write nothing after the end, and neither do Cantaloupe and IIPImage: what follows is another answer's, or an error's.</summary>
    public static BadAnswer? Trailing(ReadOnlySpan<byte> body, int end, string after) =>
        end == body.Length ? null : Structure($"{body.Length - end} bytes follow {after}: {FirstBytes.Of(body[end..])}");
}
