using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class DlcsBatchTests
{
    [Theory]
    [InlineData("dlcs-batch", "06:45:00"), InlineData("sns-dlcs-batch", "06:45:00"), InlineData("dlcs-batch-older", "08:00:00")]
    public void Batch_is_completed_when_it_finished_or_else_when_that_was_said(string name, string at) =>
        Assert.Equal(new Understood.BatchCompleted("dlcs-batch", 2, 7, At(at)), Read(name));

    [Fact]
    public void Superseded_batch_is_ignored() => AssertIgnored(Read("dlcs-batch-superseded"), "dlcs-batch", "batch 7 of customer 2 is superseded");

    [Fact]
    public void Batch_that_nobody_can_date_is_refused() =>
        AssertRefused(Reader(S3KeyPatterns.OfDlcs).Read(new RawMessage(Bytes("dlcs-batch-older"), new Dictionary<string, string>(), null)), "wanted a time in 'finished' of batch 7");

    [Theory]
    [InlineData("""{"id":1e99,"customer":2,"completed":1}""", "wanted a batch's id from 0 to 2147483647; got 1e99")]
    [InlineData("""{"id":7,"customer":-2,"completed":1}""", "wanted a batch's customer from 0 to 2147483647; got -2")]
    public void Batch_with_a_number_that_is_none_is_refused(string json, string because) => AssertRefused(ReadText(json), because);
}
