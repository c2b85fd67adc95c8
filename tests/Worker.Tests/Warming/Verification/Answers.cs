using System.Text;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;

namespace Understudy.Worker.Tests.Warming.Verification;

/// <summary>A request for a whole image of 300x200, and answers to it.</summary>
internal static class Answers
{
    public const int Width = 300, Height = 200;

    public static ServerAnswer Ok(byte[] body, string? type = "image/jpeg") => new(200, type, body.Length, body);

    public static ServerAnswer Text(string text, int status = 200, string? type = "image/jpeg")
    {
        var body = Encoding.UTF8.GetBytes(text);
        return new ServerAnswer(status, type, body.Length, body);
    }

    public static ImageRequest Request(string size = "300,200", string format = "jpg") =>
        new("full", size, format, Level: 0, Source: new PixelSize(600, 400), Output: new PixelSize(Width, Height));

    public static BadAnswer? Judge(byte[] body, string format = "jpg") =>
        GoodImage.Check(Request(format: format), Ok(body, format == "jpg" ? "image/jpeg" : $"image/{format}"));
}
