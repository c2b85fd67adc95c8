using System.Text;
using Understudy.Warming.Verification;

namespace Understudy.Worker.Tests.Warming.Verification;

public class FirstBytesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Not found", "\"Not found\"")]
    [InlineData("Größe 0", "\"Größe 0\"")]
    [InlineData("a\r\nb", "\"a\" 0D0A \"b\"")]
    [InlineData("\0\u0001", "0001")]
    [InlineData("\u001b[31mred", "1B \"[31mred\"")]
    public void First_bytes_are_text_where_they_are_and_hex_where_not(string body, string shown) =>
        Assert.Equal(shown, FirstBytes.Of(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void First_bytes_are_sixty_at_most_and_a_character_cut_in_two_is_hex()
    {
        Assert.Equal($"\"{new string('x', 60)}\"", FirstBytes.Of(Encoding.UTF8.GetBytes(new string('x', 60))));
        Assert.Equal($"\"{new string('x', 59)}\" C3 …", FirstBytes.Of(Encoding.UTF8.GetBytes($"{new string('x', 59)}ü")));
    }
}
