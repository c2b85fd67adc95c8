using Understudy.Dlcs;

namespace Understudy.Worker.Tests.Dlcs;

public sealed class DlcsOptionsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("Host=db;Database=protagonist;Username=understudy;Password=secret", true)]
    [InlineData("Database=protagonist", false)]
    [InlineData("db", false)]
    [InlineData("Hast=db", false)]
    public void Database_must_be_a_connection_string_where_there_is_one(string? database, bool isFine) =>
        Assert.Equal(isFine, !new DlcsOptions { Database = database }.Check().Any());
}
