using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class DocumentedExamplesTests
{
    /// <summary>docs/messages.md, "Queues: what is understood", in its order.</summary>
    private static readonly string[] Meanings =
        ["masstransit InfoJsonRequested", "contract InfoJsonRequested", "dlcs-delete AssetDeleted", "dlcs-create IngestStarted", "dlcs-update IngestStarted", "dlcs-batch", "s3 AssetIngested", "s3-eventbridge AssetDeleted"];

    [Fact]
    public void Example_in_the_documentation_is_understood_as_it_says()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Worker.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run from within the repository");
        var examples = File.ReadLines(Path.Combine(folder.FullName, "docs", "messages.md"))
            .SkipWhile(line => !line.StartsWith("## Queues: what is understood", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith('{'));

        Assert.Equal(Meanings, examples.Select(line => Meaning(ReadText(line))));
    }

    private static string Meaning(Understood understood) => understood switch
    {
        Understood.Events events => $"{events.Shape} {Assert.Single(events.Happened).GetType().Name}",
        Understood.Refused refused => refused.Reason,
        _ => understood.Shape,
    };
}
