using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Copying.Store;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class PartJournalTests
{
    private static readonly PartRecord First = new(0, 8 << 20, 0xdeadbeef);
    private static readonly PartRecord Second = new(8 << 20, 1234, 1);
    private static readonly byte[] Whole = [.. PartJournal.Header("\"etag\" 1 é"), .. PartJournal.Line(First), .. PartJournal.Line(Second)];

    [Fact]
    public void Journal_gives_back_what_was_noted() =>
        Assert.Equal([First, Second], PartJournal.Read(Whole, "\"etag\" 1 é"));

    [Fact]
    public void Journal_of_another_version_gives_nothing() =>
        Assert.Empty(PartJournal.Read(Whole, "\"etag\" 2 é"));

    [Fact]
    public void Journal_cut_anywhere_gives_a_prefix_of_its_parts()
    {
        var end = Whole.Length - PartJournal.Line(Second).Length;
        var header = PartJournal.Header("\"etag\" 1 é").Length;
        for (var cut = 0; cut <= Whole.Length; cut++)
        {
            PartRecord[] expected = cut == Whole.Length ? [First, Second] : cut >= end ? [First] : [];
            Assert.True(cut >= header || expected.Length == 0);
            Assert.Equal(expected, PartJournal.Read(Whole.AsSpan(0, cut), "\"etag\" 1 é"));
        }
    }

    [Fact]
    public void Journal_with_a_zeroed_line_passes_over_it()
    {
        var journal = Whole.ToArray();
        var header = PartJournal.Header("\"etag\" 1 é").Length;
        journal.AsSpan(header, 43).Clear();
        Assert.Equal([Second], PartJournal.Read(journal, "\"etag\" 1 é"));
    }

    [Fact]
    public void Journal_with_a_flipped_bit_never_gives_a_part_that_was_not_noted() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.Choose(0, (Whole.Length * 8) - 1).ToArbitrary(), bit =>
        {
            var journal = Whole.ToArray();
            journal[bit / 8] ^= (byte)(1 << (bit % 8));
            return PartJournal.Read(journal, "\"etag\" 1 é").All(p => p == First || p == Second);
        }));

    [Fact]
    public void Journal_with_a_part_noted_twice_gives_the_last() =>
        Assert.Equal(
            [First with { Crc32C = 7 }, Second],
            PartJournal.Read([.. Whole, .. PartJournal.Line(First with { Crc32C = 7 })], "\"etag\" 1 é"));
}
