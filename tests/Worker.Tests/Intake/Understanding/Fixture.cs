using System.Text;
using Understudy.Contracts;
using Understudy.Intake.Understanding;

namespace Understudy.Worker.Tests.Intake.Understanding;

/// <summary>The messages in <c>Fixtures</c>, one file a shape, and how they are read.</summary>
internal static class Fixture
{
    /// <summary>When the queue says that a fixture came in: later than all times inside of them.</summary>
    public static readonly DateTimeOffset Queued = At("08:00:00");

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Intake", "Understanding", "Fixtures");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    /// <param name="attributes"><c>name=value</c>, as raw delivery leaves them on the queue's message.</param>
    public static Understood Read(string name, params string[] attributes) => ReadBytes(Bytes(name), attributes);

    public static Understood ReadText(string json, params string[] attributes) => ReadBytes(Encoding.UTF8.GetBytes(json), attributes);

    public static Understood ReadBytes(byte[] body, params string[] attributes) => Reader(S3KeyPatterns.OfDlcs).Read(new RawMessage(
        body, attributes.Select(a => a.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]), Queued));

    public static MessageReader Reader(IReadOnlyList<string> patterns)
    {
        Assert.True(S3KeyPatterns.TryCreate(patterns, out var keys, out var error), error);
        return new MessageReader(keys);
    }

    public static Understood.Events AssertEvents(Understood understood, string shape, bool fromDlcs, params AssetEvent[] expected)
    {
        var events = Assert.IsType<Understood.Events>(understood);
        Assert.Equal(shape, events.Shape);
        Assert.Equal(fromDlcs, events.FromDlcs);
        Assert.Equal(expected, events.Happened);
        return events;
    }

    public static void AssertIgnored(Understood understood, string shape, string because)
    {
        var ignored = Assert.IsType<Understood.Ignored>(understood);
        Assert.Equal(shape, ignored.Shape);
        Assert.Contains(because, ignored.Reason, StringComparison.Ordinal);
    }

    public static void AssertRefused(Understood understood, string because) =>
        Assert.Contains(because, Assert.IsType<Understood.Refused>(understood).Reason, StringComparison.Ordinal);

    /// <summary>A time of the day on which everything in the fixtures happens.</summary>
    public static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-22T{time}Z", System.Globalization.CultureInfo.InvariantCulture);
}
