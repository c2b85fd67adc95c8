using System.Text.Json;
using MassTransit;
using Understudy.Contracts;

namespace Understudy.Publishing;

/// <summary>Publishes the contract's records on MassTransit's bus.</summary>
internal sealed class BusSink(IBusControl bus) : IAnnouncementSink
{
    public async Task<IReadOnlyList<PublishFailure>> PublishAsync(IReadOnlyList<Announcement> batch, CancellationToken cancel)
    {
        // While it starts or stops it takes messages that nobody is bound to yet, or any more.
        if (bus.CheckHealth() is { Status: not BusHealthStatus.Healthy } health)
            throw new InvalidOperationException($"the bus is {health.Status}: {health.Description}");

        var failures = new List<PublishFailure>();
        foreach (var announcement in batch)
        {
            try
            {
                object message = JsonSerializer.Deserialize<AssetAnnouncement>(announcement.Json, Wire.LenientJson)!;
                await bus.Publish(message, message.GetType(), cancel);
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                failures.Add(new(announcement.Id, $"it is no message: {e.Message}", MayPass: false));
            }
        }

        return failures;
    }
}
