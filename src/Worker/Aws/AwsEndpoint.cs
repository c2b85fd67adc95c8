using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Understudy.Aws;

/// <summary>Where a service listens, and for which region requests to it are signed.</summary>
internal sealed record AwsEndpoint(Uri Address, string Region, string Service)
{
    /// <summary>By the settings and the environment.</summary>
    public static AwsEndpoint Of(string service, string region, AwsOptions options) =>
        new(
            options.ServiceUrl is { } url
                ? new Uri(url)
                : Resolve(service, region, FallbackInternalConfigurationFactory.UseDualStackEndpoint == true, FallbackInternalConfigurationFactory.UseFIPSEndpoint == true),
            region,
            service);

    /// <summary>Of a service that a whole partition shares, by its main region: CloudFront.</summary>
    public static AwsEndpoint OfPartition(string service, AwsOptions options)
    {
        var isChina = options.RegionInUse().StartsWith("cn-", StringComparison.Ordinal);
        var (address, region) = isChina ? ($"https://{service}.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1") : ($"https://{service}.amazonaws.com", "us-east-1");
        return new(new Uri(options.ServiceUrl ?? address), region, service);
    }

    /// <summary>
    /// As the endpoint rules of SQS and SNS have it, which are alike; partitions and their domains are the SDK's.
    /// GovCloud's ordinary endpoints are FIPS ones.
    /// </summary>
    public static Uri Resolve(string service, string region, bool dualStack, bool fips)
    {
        var partition = Fn.Partition(region);
        var isGov = (string)partition["name"] == "aws-us-gov";
        var host = fips && !(isGov && !dualStack) ? $"{service}-fips" : service;
        return new Uri($"https://{host}.{region}.{partition[dualStack ? "dualStackDnsSuffix" : "dnsSuffix"]}");
    }
}
