using Understudy.Scavenging.Policies;

namespace Understudy.Worker.Tests.Scavenging;

public sealed class PolicyTests
{
    public static TheoryData<string, string, string> ByHand => new()
    {
        // A store of three: what is kept in the end.
        { "fifo", "ABCD", "BCD" },
        { "fifo", "ABCAD", "BCD" },
        { "fifo", "ABCADA", "ACD" },
        { "lru", "ABCD", "BCD" },
        { "lru", "ABCAD", "ACD" },
        { "lru", "ABCABD", "ABD" },
        { "lru", "ABCDA", "ACD" },
        // What was used twice goes after what was used once; what is all the same, in the order of time.
        { "gdsf", "AABCD", "ACD" },
        { "worth", "ABCD", "BCD" },
        { "worth", "AABCD", "ACD" },
        { "worth", "AAABBCDE", "ABE" },
    };

    [Theory, MemberData(nameof(ByHand))]
    public void Policy_keeps_what_it_should_of_files_that_are_equally_large(string policy, string uses, string kept) =>
        Assert.Equal(kept, ListedTrace.Of(uses).Kept(Named(policy), 3, uses));

    [Theory]
    [InlineData("gdsf")]
    [InlineData("worth")]
    public void Of_two_that_are_used_alike_the_larger_goes_first(string policy)
    {
        const string uses = "ABC";
        Assert.Equal("BC", ListedTrace.Of(uses, ('A', 900), ('B', 10), ('C', 100)).Kept(Named(policy), 1_000, uses));
        Assert.Equal("AC", ListedTrace.Of(uses, ('A', 10), ('B', 900), ('C', 100)).Kept(Named(policy), 1_000, uses));
    }

    [Fact]
    public void Worth_remembers_uses_when_a_copy_goes()
    {
        // X drives all out. Of those that come back, A and B were used before, and C goes, though it is the newest.
        const string uses = "AAABXABCD";
        Assert.Equal("ABD", ListedTrace.Of(uses, ('X', 3)).Kept(new ByWorth(), 3, uses));
    }

    [Fact]
    public void Worth_counts_the_time_until_the_first_byte_so_that_large_files_are_not_all_the_same_to_it()
    {
        // Twice the size is far less than twice the seconds: the smaller is worth keeping though it is used a little less.
        var worth = new ByWorth();
        Assert.True(worth.Score(0, 0, 5_000_000) > worth.Score(0.7, 0, 10_000_000));
        // Where the first byte hardly counts, use decides.
        Assert.True(worth.Score(0, 0, 5_000_000_000) < worth.Score(0.7, 0, 10_000_000_000));
    }

    [Fact]
    public void S3_fifo_keeps_what_was_used_again_through_a_scan()
    {
        const string uses = "AABBCDEFGHIJKLMNOPQ";
        Assert.Contains("AB", ListedTrace.Of(uses).Kept(new S3Fifo(), 5, uses), StringComparison.Ordinal);
    }

    [Fact]
    public void S3_fifo_takes_what_comes_back_soon_for_something_that_stays()
    {
        // C went with the scan, came back while it was remembered, and outlives the next scan; D came once.
        const string uses = "AABBCDECGHIJ";
        Assert.Equal("ABCJ", ListedTrace.Of(uses).Kept(new S3Fifo(), 4, uses));
    }

    [Fact]
    public void Copy_that_was_used_within_the_grace_period_stays_whatever_it_is_worth_unless_nothing_else_is_left()
    {
        // A use a second. A was used twice, long ago; D is new and worth least, and would go for E.
        const string uses = "AABBCCDE";
        Assert.Equal("BCE", ListedTrace.Of(uses).Kept(new ByWorth(), 3, uses));
        Assert.Equal("CDE", ListedTrace.Of(uses).Kept(new WithGrace(new ByWorth(), 3), 3, uses));
        Assert.Equal("CDE", ListedTrace.Of(uses).Kept(new WithGrace(new ByWorth(), 100), 3, uses));
    }

    [Fact]
    public void Copy_that_nobody_used_since_it_was_made_goes_before_one_that_was_used()
    {
        var worth = new ByWorth();
        var (made, used) = (worth.Score(Heat.None, 1_000, 5), worth.Score(worth.Remember(Heat.None, 1_000), 1_000, 5));
        Assert.Equal(-2, made - used, 9);
        // But two half-lives later it is as good as the other.
        Assert.Equal(used, worth.Score(Heat.None, 1_000 + (2 * ByWorth.HalfLife), 5), 9);
    }

    internal static IEvictionPolicy Named(string name) => name switch
    {
        "fifo" => new FirstInFirstOut(),
        "lru" => new LeastRecentlyUsed(),
        "gdsf" => new Gdsf(name, _ => 1),
        "s3-fifo" => new S3Fifo(),
        _ => new ByWorth(),
    };
}
