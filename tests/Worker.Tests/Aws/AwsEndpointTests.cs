using Understudy.Aws;

namespace Understudy.Worker.Tests.Aws;

/// <summary>Against the endpoints that AWS's general reference lists for SQS and SNS.</summary>
public sealed class AwsEndpointTests
{
    [Theory]
    [InlineData("sqs", "eu-west-1", false, false, "https://sqs.eu-west-1.amazonaws.com/")]
    [InlineData("sns", "us-east-1", false, false, "https://sns.us-east-1.amazonaws.com/")]
    [InlineData("sqs", "cn-north-1", false, false, "https://sqs.cn-north-1.amazonaws.com.cn/")]
    [InlineData("sqs", "eu-west-1", true, false, "https://sqs.eu-west-1.api.aws/")]
    [InlineData("sqs", "us-east-2", false, true, "https://sqs-fips.us-east-2.amazonaws.com/")]
    [InlineData("sqs", "us-east-2", true, true, "https://sqs-fips.us-east-2.api.aws/")]
    [InlineData("sns", "us-gov-west-1", false, true, "https://sns.us-gov-west-1.amazonaws.com/")]
    public void Endpoint_is_that_of_the_region_and_its_partition(string service, string region, bool dualStack, bool fips, string address) =>
        Assert.Equal(new Uri(address), AwsEndpoint.Resolve(service, region, dualStack, fips));

    [Fact]
    public void Service_url_stands_in_for_all_of_them() =>
        Assert.Equal(new Uri("http://127.0.0.1:4566"), AwsEndpoint.Of("sqs", "eu-west-1", new AwsOptions { ServiceUrl = "http://127.0.0.1:4566" }).Address);
}
