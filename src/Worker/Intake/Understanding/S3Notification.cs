using System.Net;
using System.Text.Json;
using Understudy.Contracts;
using Understudy.Copying.Sources;

namespace Understudy.Intake.Understanding;

/// <summary>S3's own notifications, as the bucket sends them (<c>Records</c>) and as EventBridge does.</summary>
internal sealed class S3Notification(S3KeyPatterns keys)
{
    private const string Shape = "s3";
    private const string EventBridgeShape = "s3-eventbridge";

    /// <returns>null where it is neither.</returns>
    public Understood? Read(JsonElement root, Delivery delivery)
    {
        if (root.Text("Event"u8) == "s3:TestEvent")
            return new Understood.Ignored("s3-test", $"S3 tries out the notifications of bucket {Excerpt.Of(root.Text("Bucket"u8) ?? "?")}: they arrive");
        if (root.Array("Records"u8) is { } records)
            return FromBucket(records, delivery);
        if (root.Text("source"u8) == "aws.s3" && root.Text("detail-type"u8) is { } happened)
            return FromEventBridge(root, happened, delivery);
        return null;
    }

    private Understood FromBucket(JsonElement records, Delivery delivery)
    {
        var events = new List<AssetEvent>();
        string? ignored = null;
        var number = 0;
        foreach (var record in records.EnumerateArray())
        {
            switch (Understand(record, delivery))
            {
                case Understood.Events some: events.AddRange(some.Happened); break;
                case Understood.Ignored none: ignored ??= none.Reason; break;
                case Understood.Refused refused: return new Understood.Refused($"record {number} of S3's notification: {refused.Reason}");
            }

            number++;
        }

        return events.Count > 0 ? new Understood.Events(Shape, events)
            : ignored is not null ? new Understood.Ignored(Shape, number == 1 ? ignored : $"none of {number} records is about a copy; the first: {ignored}")
            : new Understood.Refused("wanted S3's notification with at least one record; got none");
    }

    private Understood Understand(JsonElement record, Delivery delivery)
    {
        if (record.Text("eventSource"u8) is not "aws:s3")
            return new Understood.Refused($"wanted eventSource aws:s3; got {Excerpt.Of(record.Text("eventSource"u8) ?? "none")}");
        if (record.Text("eventName"u8) is not { } name)
            return new Understood.Refused("wanted an eventName; got none");

        var s3 = record.Object("s3"u8);
        var bucket = s3?.Object("bucket"u8)?.Text("name"u8);
        // In this form alone the key is encoded as in a web form: a space is a plus.
        var key = WebUtility.UrlDecode(s3?.Object("object"u8)?.Text("key"u8));
        var versioned = s3?.Object("object"u8)?.Text("versionId"u8) is { Length: > 0 };
        return Understand(Shape, ChangeOf(name, versioned), name, record.Text("awsRegion"u8), bucket, key, record.Time("eventTime"u8) ?? delivery.SentAt);
    }

    private Understood FromEventBridge(JsonElement root, string happened, Delivery delivery)
    {
        var detail = root.Object("detail"u8);
        var change = happened switch
        {
            "Object Created" => ObjectChange.Written,
            "Object Deleted" when detail?.Text("deletion-type"u8) is not "Permanently Deleted" => ObjectChange.Removed,
            "Object Deleted" when detail?.Object("object"u8)?.Text("version-id"u8) is not { Length: > 0 } => ObjectChange.Removed,
            "Object Deleted" when detail?.Text("reason"u8) is "Lifecycle Expiration" => ObjectChange.OldVersionExpired,
            "Object Deleted" => ObjectChange.SomeVersionRemoved,
            _ => ObjectChange.Other,
        };
        return Understand(
            EventBridgeShape, change, happened, root.Text("region"u8), detail?.Object("bucket"u8)?.Text("name"u8), detail?.Object("object"u8)?.Text("key"u8), root.Time("time"u8) ?? delivery.SentAt);
    }

    private Understood Understand(string shape, ObjectChange change, string name, string? region, string? bucket, string? key, DateTimeOffset? at)
    {
        if (change == ObjectChange.Other)
            return new Understood.Ignored(shape, $"{Excerpt.Of(name)} changes no object's bytes");
        if (string.IsNullOrEmpty(bucket) || string.IsNullOrEmpty(key))
            return new Understood.Refused($"wanted the bucket's name and the object's key; got {(string.IsNullOrEmpty(bucket) ? "no name" : "no key")}");
        if (keys.AssetOf(bucket, key) is not { } id)
            return new Understood.Ignored(shape, $"key {Excerpt.Of(key)} of bucket {Excerpt.Of(bucket)} is no asset's by the patterns that are configured");
        if (change == ObjectChange.OldVersionExpired)
            return new Understood.Ignored(shape, $"an old version of key {Excerpt.Of(key)} expired, which nobody reads");
        if (change == ObjectChange.Removed)
            return new Understood.Events(shape, [new AssetDeleted { Id = id, At = at }]);
        if (SourceOf(region, bucket, key) is not { } source)
            return new Understood.Refused($"wanted a bucket and a key that a source can name; got {Excerpt.Of(bucket)} and {Excerpt.Of(key)}");
        return new Understood.Events(shape, [change == ObjectChange.Written
            ? new AssetIngested { Id = id, Source = source, At = at }
            : new SourceUpdated { Id = id, Source = source, At = at }]);
    }

    /// <summary>
    /// Where versions are kept, a deletion leaves a marker. One without a marker took a version away for good: the lifecycle rules do so
    /// with old ones only, and somebody by hand perhaps with the newest, or with a marker, which brings the object back.
    /// </summary>
    private static ObjectChange ChangeOf(string name, bool versioned)
    {
        var plain = name.StartsWith("s3:", StringComparison.Ordinal) ? name.AsSpan(3) : name;
        var colon = plain.IndexOf(':');
        var forGood = versioned && colon >= 0 && plain[(colon + 1)..] is "Delete";
        return (colon < 0 ? plain : plain[..colon]) switch
        {
            "ObjectCreated" => ObjectChange.Written,
            "ObjectRemoved" => forGood ? ObjectChange.SomeVersionRemoved : ObjectChange.Removed,
            "LifecycleExpiration" => forGood ? ObjectChange.OldVersionExpired : ObjectChange.Removed,
            _ => ObjectChange.Other,
        };
    }

    /// <summary>As it reads back as just this: a region of no known form would be taken for a bucket, and a bucket that is named like a region for one.</summary>
    private static string? SourceOf(string? region, string bucket, string key)
    {
        var qualified = new SourceUri.S3(region, bucket, key);
        var plain = qualified with { Region = null };
        return ReadsBack(qualified) ? qualified.ToString() : ReadsBack(plain) ? plain.ToString() : null;

        static bool ReadsBack(SourceUri.S3 uri) => uri.Equals(SourceUri.Parse(uri.ToString(), out _));
    }

    private enum ObjectChange
    {
        Other,
        Written,
        Removed,
        OldVersionExpired,
        SomeVersionRemoved,
    }
}
