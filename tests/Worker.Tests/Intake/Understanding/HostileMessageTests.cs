using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Intake.Understanding;
using static Understudy.Worker.Tests.Intake.Understanding.Fixture;

namespace Understudy.Worker.Tests.Intake.Understanding;

public sealed class HostileMessageTests
{
    private static readonly (string Name, byte[] Bytes)[] All = [.. Names.Select(name => (name, Bytes(name)))];
    private static readonly Gen<(string Name, byte[] Bytes)> Any = Gen.Elements(All);

    [Theory]
    [InlineData("", "wanted JSON; got nothing")]
    [InlineData(" \r\n\t", "wanted JSON; got only white space")]
    [InlineData("null", "wanted a JSON object or an array of events; got null")]
    [InlineData("7e999", "got 7e999")]
    [InlineData("\"hello\"", "got \"hello\"")]
    [InlineData("{", "the body is not valid JSON")]
    [InlineData("{}", "wanted an event, an SNS or MassTransit envelope, a DLCS notification or an S3 notification; got an object without members")]
    [InlineData("""{"created":"2026-11-22T07:00:00Z","id":{"customer":2,"space":5,"asset":"x"},"batchId":12}""", "got an object with 'created', 'id', 'batchId'")]
    [InlineData("""{"type":"AssetDeleted","id":"2/5/\ud800"}""", "")]
    [InlineData("""{"\ud800":1,"type":"AssetDeleted"}""", "")]
    [InlineData("""{"a":1,"a":2}""", "uplicate")]
    public void Message_of_no_known_shape_is_refused_with_what_was_wanted_and_what_came(string body, string because) => AssertRefused(ReadText(body), because);

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_their_beginning() =>
        AssertRefused(ReadBytes([0x1F, 0x8B, 0x08, 0x00]), "wanted JSON in UTF-8; got 4 bytes that are no UTF-8 and begin with 1F8B0800");

    [Fact]
    public void Byte_order_mark_is_passed_over() => Assert.IsType<Understood.Events>(ReadBytes([0xEF, 0xBB, 0xBF, .. Bytes("contract-hit")]));

    [Fact]
    public void Deep_nesting_is_refused()
    {
        AssertRefused(ReadText(new string('[', 100_000)), "depth");
        AssertRefused(ReadText($$"""{"asset":{{string.Concat(Enumerable.Repeat("{\"asset\":", 100_000))}}"""), "depth");
    }

    [Fact]
    public void Long_foreign_text_is_cut_in_the_reason()
    {
        var text = new string('x', 1_000_000);

        Assert.All([$"\"{text}\"", $$"""{"type":"{{text}}","id":"2/5/x"}""", $$"""{"{{text}}":1}""", $$"""{"type":"AssetDeleted","id":"2/5/x","deleteFrom":["{{text}}"]}""", $$$"""{"asset":{"id":"{{{text}}}"}}"""], json =>
            Assert.InRange(Assert.IsType<Understood.Refused>(ReadText(json)).Reason.Length, 1, 600));
    }

    [Fact]
    public void Fixture_cut_off_anywhere_is_refused() => Prop.ForAll(Any.Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(), cut =>
    {
        var ((_, whole), at) = cut;
        // The last two bytes are the brace and the end of its line.
        AssertRefused(ReadBytes(whole[..(at % (whole.Length - 1))]), "");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Fixture_with_flipped_bytes_is_answered_with_a_value() => Prop.ForAll(
        Any.Zip(Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 255)).NonEmptyListOf()).ToArbitrary(), damage =>
        {
            var ((_, whole), flips) = damage;
            byte[] damaged = [.. whole];
            foreach (var (offset, value) in flips)
                damaged[offset % damaged.Length] = (byte)value;
            AssertAnswered(ReadBytes(damaged));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    // Flips mostly break the syntax; this keeps it, and breaks what it says.
    [Fact]
    public void Fixture_with_another_value_somewhere_is_answered_with_a_value() => Prop.ForAll(
        Any.Zip(Gen.Choose(0, int.MaxValue)).Zip(Gen.Elements("null", "true", "-1", "1e400", "99999999999999999999", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"x\"", "[]", "[null]", "{}", "[[[]]]", "{\"id\":7}", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", "\"2/5/x\"")).ToArbitrary(), change =>
        {
            var (((_, whole), at), other) = change;
            AssertAnswered(ReadText(WithAnotherValue(Encoding.UTF8.GetString(whole), at, other)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    private static void AssertAnswered(Understood understood)
    {
        switch (understood)
        {
            case Understood.Events events: Assert.NotEmpty(events.Happened); break;
            case Understood.Ignored ignored: AssertReason(ignored.Reason); break;
            case Understood.Refused refused: AssertReason(refused.Reason); break;
            default: Assert.IsType<Understood.BatchCompleted>(understood); break;
        }
    }

    private static void AssertReason(string reason)
    {
        Assert.NotEmpty(reason);
        Assert.InRange(reason.Length, 1, 700);
        Assert.DoesNotContain(reason, char.IsControl);
        // That would be our own mistake: reading an element as what it isn't.
        Assert.DoesNotContain("requires an element of type", reason, StringComparison.Ordinal);
    }

    /// <summary>Replaces the value behind one of the colons, up to where it ends.</summary>
    private static string WithAnotherValue(string json, int choice, string other)
    {
        var colons = Enumerable.Range(1, json.Length - 2).Where(i => json[i] == '"' && json[i + 1] == ':' && json[i - 1] != '\\').Select(i => i + 2).ToList();
        if (colons.Count == 0)
            return json;
        var start = colons[choice % colons.Count];
        var reader = new System.Text.Json.Utf8JsonReader(Encoding.UTF8.GetBytes(json[start..].TrimStart()), isFinalBlock: true, default);
        reader.Read();
        reader.Skip();
        return json[..start] + other + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(json[start..].TrimStart())[(int)reader.BytesConsumed..]);
    }
}
