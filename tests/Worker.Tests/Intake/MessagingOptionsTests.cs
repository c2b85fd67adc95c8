using Understudy.Intake;

namespace Understudy.Worker.Tests.Intake;

public sealed class MessagingOptionsTests
{
    [Fact]
    public void Defaults_are_fine() => Assert.Empty(new MessagingOptions().Check());

    [Fact]
    public void Queues_transport_without_a_queue_is_refused() =>
        Assert.Contains("must name at least one queue", Assert.Single(new MessagingOptions { Transport = Transport.AmazonSqs }.Check()).Rule, StringComparison.Ordinal);

    [Fact]
    public void Queue_that_is_named_twice_is_refused() =>
        Assert.Contains("'a' is there twice", Assert.Single(new MessagingOptions { Queues = [new() { Name = "a" }, new() { Name = "a" }] }.Check()).Rule, StringComparison.Ordinal);

    [Fact]
    public void Pattern_of_keys_that_lacks_a_part_is_refused() =>
        Assert.Equal(nameof(MessagingOptions.S3Keys), Assert.Single(new MessagingOptions { S3Keys = ["{customer}/{space}"] }.Check()).Key);
}
