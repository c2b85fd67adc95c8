using Understudy.Catalogue;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class MigrationTests
{
    private static readonly Migration First = new(1, "first", "create table a ()");
    private static readonly Migration Second = new(2, "second", "create table b ()");

    [Fact]
    public void Pending_is_all_for_an_empty_database() => Assert.Equal([First, Second], Migrator.Pending([], [First, Second]));

    [Fact]
    public void Pending_is_what_the_database_lacks() => Assert.Equal([Second], Migrator.Pending([Had(First)], [First, Second]));

    [Fact]
    public void Pending_is_nothing_when_all_are_applied() => Assert.Empty(Migrator.Pending([Had(First), Had(Second)], [First, Second]));

    [Fact]
    public void Pending_refuses_a_migration_that_was_changed_afterwards()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Migrator.Pending([Had(First)], [First with { Text = "create table c ()" }]));
        Assert.Contains("0001_first", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Pending_refuses_a_database_of_a_newer_program()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Migrator.Pending([Had(First), Had(Second)], [First]));
        Assert.Contains("schema version 2, this program knows 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pending_does_not_accept_a_gap_in_the_numbers() =>
        Assert.Throws<InvalidOperationException>(() => Migrator.Pending([], [First, Second with { Version = 3 }]));

    [Fact]
    public void Checksum_is_the_same_with_the_line_ends_of_any_system() =>
        Assert.Equal(new Migration(1, "m", "a\nb").Checksum, new Migration(1, "m", "a\r\nb").Checksum);

    [Fact]
    public void Parse_reads_number_and_name() => Assert.Equal(new Migration(12, "more_plans", "sql"), Migration.Parse("0012_more_plans", "sql"));

    [Theory]
    [InlineData("12_short")]
    [InlineData("0012")]
    [InlineData("0012_")]
    [InlineData("-012_negative")]
    public void Parse_refuses_other_names(string name) => Assert.Throws<InvalidOperationException>(() => Migration.Parse(name, "sql"));

    [Fact]
    public void Embedded_migrations_are_numbered_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, Migration.Embedded.Count), Migration.Embedded.Select(m => m.Version));

    private static Migrator.Applied Had(Migration migration) => new(migration.Version, migration.Name, migration.Checksum);
}
