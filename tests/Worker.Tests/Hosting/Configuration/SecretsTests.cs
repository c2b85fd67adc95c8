using Understudy.Hosting.Configuration;

namespace Understudy.Worker.Tests.Hosting.Configuration;

public class SecretsTests
{
    [Theory]
    [InlineData("Api:Keys:0:Key", "abc", "***")]
    [InlineData("Cantaloupe:ApiSecret", "abc", "***")]
    [InlineData("Db:Password", "abc", "***")]
    [InlineData("X:Tokens:0", "abc", "***")]
    [InlineData("Otlp:Headers", "a=b", "***")]
    [InlineData("Api:Keys:0:Name", "abc", "abc")]
    [InlineData("Storage:Root", "/mnt", "/mnt")]
    [InlineData("Db:Password", "", "")]
    [InlineData("ConnectionStrings:Catalogue", "Host=db;Password=s;cr=1;Database=d", "Host=db;Password=***;cr=1;Database=d")]
    [InlineData("ConnectionStrings:Catalogue", "Host=db;pwd = 'a;b''c';Database=d", "Host=db;pwd = ***;Database=d")]
    [InlineData("ConnectionStrings:Catalogue", "Host=db;PASSWORD=last", "Host=db;PASSWORD=***")]
    [InlineData("Some:Url", "https://user:pass@host/x", "https://***@host/x")]
    [InlineData("Some:Url", "https://host/x?a=1&access_token=abc&b=2", "https://host/x?a=1&access_token=***&b=2")]
    [InlineData("Some:Url", "https://host/x?page=1#key", "https://host/x?page=1#key")]
    public void Show_hides_what_is_secret_and_nothing_else(string key, string value, string shown) => Assert.Equal(shown, Secrets.Show(key, value));
}
