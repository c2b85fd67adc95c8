using Understudy.Warming.Verification;
using Understudy.Worker.Tests.TestKit;
using static Understudy.Worker.Tests.Warming.Verification.Answers;

namespace Understudy.Worker.Tests.Warming.Verification;

public class GoodImageTests
{
    private static readonly byte[] Jpeg = TinyJpeg.Of(Width, Height);

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("IMAGE/JPEG; charset=binary")]
    [InlineData("image/jpeg ;q=1")]
    public void Good_image_is_a_200_of_the_right_type_and_size(string type)
    {
        Assert.Null(GoodImage.Check(Request(), Ok(Jpeg, type)));
        Assert.Null(GoodImage.Check(Request(), Ok(Jpeg, type) with { ContentLength = null }));
    }

    [Theory]
    [InlineData(404, Flaw.NotFound, true)]
    [InlineData(400, Flaw.Refused, false)]
    [InlineData(401, Flaw.Refused, false)]
    [InlineData(403, Flaw.Refused, false)]
    [InlineData(415, Flaw.Refused, false)]
    [InlineData(408, Flaw.Overloaded, true)]
    [InlineData(429, Flaw.Overloaded, true)]
    [InlineData(503, Flaw.Overloaded, true)]
    [InlineData(500, Flaw.ServerError, true)]
    [InlineData(502, Flaw.ServerError, true)]
    [InlineData(504, Flaw.ServerError, true)]
    [InlineData(501, Flaw.Unsupported, false)]
    [InlineData(301, Flaw.UnexpectedStatus, false)]
    [InlineData(204, Flaw.UnexpectedStatus, false)]
    [InlineData(206, Flaw.UnexpectedStatus, false)]
    internal void Good_image_has_status_200_whatever_its_bytes(int status, Flaw flaw, bool mayPass)
    {
        var bad = GoodImage.Check(Request(), Ok(Jpeg) with { Status = status });

        Assert.Equal((flaw, mayPass), (bad?.Flaw, bad?.MayPass));
        Assert.StartsWith($"wanted status 200, got {status}: FFD8FFE0", bad?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Good_image_reason_repeats_what_the_server_says_about_its_status() =>
        Assert.Equal(new BadAnswer(Flaw.Unsupported, "wanted status 200, got 501: \"Unsupported source format\""), GoodImage.Check(Request(), Text("Unsupported source format", 501, "text/plain")));

    [Fact]
    public void Good_image_is_not_an_empty_200()
    {
        var empty = GoodImage.Check(Request(), Ok([]));

        Assert.Equal(new BadAnswer(Flaw.Empty, "status 200 and an empty body"), empty);
        Assert.True(empty?.MayPass);
        Assert.Equal("status 200 and an empty body, although 5 bytes were announced", GoodImage.Check(Request(), Ok([]) with { ContentLength = 5 })?.Reason);
    }

    [Fact]
    public void Good_image_is_as_long_as_its_content_length()
    {
        var longer = GoodImage.Check(Request(), Ok(Jpeg) with { ContentLength = Jpeg.Length + 1 });

        Assert.Equal(new BadAnswer(Flaw.Truncated, $"wanted {Jpeg.Length + 1} bytes as announced, got {Jpeg.Length}"), longer);
        Assert.True(longer?.MayPass);
    }

    [Theory]
    [InlineData(null, "no content type")]
    [InlineData("", "no content type")]
    [InlineData("text/html; charset=utf-8", "\"text/html\"")]
    [InlineData("image/png", "\"image/png\"")]
    [InlineData("image/\u001b[31m", "\"image/\" 1B \"[31m\"")]
    public void Good_image_has_the_type_of_the_requested_format(string? type, string shown)
    {
        var bad = GoodImage.Check(Request(), Text("<html>\r\nOops", type: type));

        Assert.Equal(new BadAnswer(Flaw.WrongType, $"wanted image/jpeg, got {shown} on 12 bytes: \"<html>\" 0D0A \"Oops\""), bad);
        Assert.False(bad?.MayPass);
    }

    [Fact]
    public void Good_image_is_not_text_and_the_reason_shows_the_text()
    {
        var bad = GoodImage.Check(Request(), Text("Status: 404 Not Found\r\nServer: iipsrv/1.1\r\n\r\nOpenJPEG error :: Stream too short"));

        Assert.Equal(Flaw.NotAnImage, bad?.Flaw);
        Assert.Equal("wanted a JPEG (FFD8FF), got 79 bytes that are none: \"Status: 404 Not Found\" 0D0A \"Server: iipsrv/1.1\" 0D0A0D0A \"OpenJPEG error \" …", bad?.Reason);
        Assert.False(bad?.MayPass);
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("webp")]
    [InlineData("tif")]
    [InlineData("jp2")]
    public void Good_image_of_any_format_is_not_text(string format) =>
        Assert.Equal(Flaw.NotAnImage, GoodImage.Check(Request(format: format), Text("out of memory", type: format == "jpg" ? "image/jpeg" : format == "tif" ? "image/tiff" : $"image/{format}"))?.Flaw);

    [Fact]
    public void Good_pdf_is_one_that_is_there()
    {
        Assert.Null(GoodImage.Check(Request(format: "pdf"), Text("%PDF", type: "application/pdf")));
        Assert.Equal(Flaw.Empty, GoodImage.Check(Request(format: "pdf"), Ok([], "application/pdf"))?.Flaw);
    }

    [Theory]
    [InlineData("300,200", 300, 200, true)]
    [InlineData("300,200", 300, 201, false)]
    [InlineData("full", 299, 200, false)]
    [InlineData("max", 300, 199, false)]
    [InlineData("300,", 300, 199, true)]
    [InlineData("300,", 300, 201, true)]
    [InlineData("300,", 300, 202, false)]
    [InlineData("300,", 301, 200, false)]
    [InlineData(",200", 299, 200, true)]
    [InlineData(",200", 301, 200, true)]
    [InlineData(",200", 298, 200, false)]
    [InlineData(",200", 300, 201, false)]
    public void Good_image_measures_what_was_asked_for_up_to_the_servers_rounding(string size, int width, int height, bool good)
    {
        var bad = GoodImage.Check(Request(size), Ok(TinyJpeg.Of(width, height)));

        Assert.Equal(good ? null : new BadAnswer(Flaw.WrongSize, $"wanted 300x200, got {width}x{height}"), bad);
    }

    [Fact]
    public void Bad_answer_has_a_stable_name_for_metrics() =>
        Assert.Equal(
            "notFound refused overloaded unsupported serverError unexpectedStatus empty truncated wrongType notAnImage damaged wrongSize notInfo timedOut connectionLost",
            string.Join(' ', Enum.GetValues<Flaw>().Select(flaw => new BadAnswer(flaw, "").Name)));

    [Fact]
    public void No_answer_may_pass()
    {
        Assert.Equal("no whole answer within 00:00:30", BadAnswer.TimedOut(TimeSpan.FromSeconds(30)).Reason);
        Assert.True(BadAnswer.TimedOut(TimeSpan.FromSeconds(30)).MayPass);
        Assert.True(BadAnswer.ConnectionLost("reset").MayPass);
    }
}
