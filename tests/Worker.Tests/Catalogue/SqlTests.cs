using Understudy.Catalogue;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class SqlTests
{
    [Fact]
    public void Named_finds_the_file_by_folder_and_name() =>
        Assert.StartsWith("create table if not exists schema_version", Sql.Named("Catalogue.SchemaVersion"), StringComparison.Ordinal);

    [Fact]
    public void Named_names_what_there_is_when_there_is_no_such_file()
    {
        var missing = Assert.Throws<ArgumentException>(() => Sql.Named("Catalogue.Nothing"));
        Assert.StartsWith("no SQL is named Catalogue.Nothing; there are ", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Catalogue.SchemaVersion", missing.Message, StringComparison.Ordinal);
    }
}
