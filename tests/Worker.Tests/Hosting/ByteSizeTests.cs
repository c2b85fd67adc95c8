using System.ComponentModel;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Understudy.Hosting;

namespace Understudy.Worker.Tests.Hosting;

public class ByteSizeTests
{
    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("5 GiB", 5L << 30)]
    [InlineData("500 MB", 500_000_000)]
    [InlineData("1.5TiB", 3L << 39)]
    [InlineData(" 10 kb ", 10_000)]
    [InlineData("0", 0)]
    [InlineData("0.5 KiB", 512)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Parse_takes_what_people_write(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1")]
    [InlineData("5 parsecs")]
    [InlineData("1,000")]
    [InlineData("1.2.3 MB")]
    [InlineData("8 EiB")]
    [InlineData("99999999999999999999999999999 PB")]
    [InlineData("5 GiB 3")]
    [InlineData("NaN")]
    public void Parse_of_anything_else_says_what_is_allowed(string text)
    {
        var error = Assert.Throws<FormatException>(() => ByteSize.Parse(text));
        Assert.Equal($"'{text}' must be a size such as 5 GiB, 500 MB or 1024 (bytes)", error.Message);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1048575, "1 MiB")]
    [InlineData(5L << 30, "5 GiB")]
    [InlineData(long.MaxValue, "8 EiB")]
    public void ToString_uses_the_unit_that_reads_best(long bytes, string text) => Assert.Equal(text, new ByteSize(bytes).ToString());

    [Fact]
    public void Parse_of_plain_bytes_gives_them_back() =>
        Check.QuickThrowOnFailure(Prop.ForAll<long>(n => ByteSize.Parse((n & long.MaxValue).ToString(CultureInfo.InvariantCulture)).Bytes == (n & long.MaxValue)));

    [Fact]
    public void ToString_read_back_is_within_half_a_percent() =>
        Check.QuickThrowOnFailure(Prop.ForAll<long>(n =>
        {
            var size = new ByteSize((n & long.MaxValue) / 2);
            var back = ByteSize.Parse(size.ToString()).Bytes;
            return Math.Abs((double)back - size.Bytes) <= 0.005 * size.Bytes + 1;
        }));

    [Fact]
    public void TryParse_of_any_text_never_throws_and_never_gives_a_negative_size() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => !ByteSize.TryParse(text, null, out var size) || size.Bytes >= 0));

    [Fact]
    public void CompareTo_orders_like_the_bytes() =>
        Check.QuickThrowOnFailure(Prop.ForAll<long, long>((a, b) => Math.Sign(new ByteSize(a).CompareTo(new ByteSize(b))) == Math.Sign(a.CompareTo(b))));

    [Fact]
    public void TypeConverter_reads_sizes_for_configuration() =>
        Assert.Equal(new ByteSize(5L << 30), TypeDescriptor.GetConverter(typeof(ByteSize)).ConvertFromInvariantString("5 GiB"));
}
