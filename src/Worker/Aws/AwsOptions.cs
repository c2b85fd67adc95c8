using System.ComponentModel.DataAnnotations;
using Amazon;
using Amazon.Runtime;

namespace Understudy.Aws;

/// <summary>
/// Section <c>Aws</c>. Credentials come from the SDK's own chain (environment, profile, container, instance); so do
/// AWS_USE_DUALSTACK_ENDPOINT and AWS_USE_FIPS_ENDPOINT.
/// </summary>
internal sealed class AwsOptions
{
    public const string Section = "Aws";

    /// <summary>Region of queues and topics, and of buckets whose source names none. Without it: as the SDK finds it, else us-east-1.</summary>
    public string? Region { get; set; }

    /// <summary>An emulator's or another S3's address, instead of AWS.</summary>
    [Url]
    public string? ServiceUrl { get; set; }

    /// <summary>Bucket in the path instead of the host name; what most emulators want.</summary>
    public bool ForcePathStyle { get; set; }

    /// <summary><see cref="Region"/>, or what stands in for it.</summary>
    public string RegionInUse() => Region ?? FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? RegionEndpoint.USEast1.SystemName;
}
