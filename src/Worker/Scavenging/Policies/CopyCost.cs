namespace Understudy.Scavenging.Policies;

/// <summary>What a viewer waits for where a copy isn't there.</summary>
internal static class CopyCost
{
    /// <summary>Until the first byte comes from S3, in seconds.</summary>
    public const double FirstByte = 0.15;

    /// <summary>Bytes a second from then on.</summary>
    public const double Bandwidth = 200e6;

    public static double Seconds(long bytes) => FirstByte + (bytes / Bandwidth);
}
