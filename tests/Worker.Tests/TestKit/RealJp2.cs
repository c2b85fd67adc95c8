using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

[assembly: AssemblyFixture(typeof(Understudy.Worker.Tests.TestKit.RealJp2))]

namespace Understudy.Worker.Tests.TestKit;

/// <summary>JP2s by OpenJPEG's encoder, made when first asked for and kept for the test run. Needs opj_compress (libopenjp2-tools).</summary>
public sealed class RealJp2 : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("understudy-jp2-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<byte[]>> _made = new();

    /// <param name="samples">The picture's: 3 makes a PPM, 1 a PGM.</param>
    /// <param name="largest">The largest sample: over 255 makes 16 bit.</param>
    public byte[] Make(int width, int height, string options = "", int samples = 3, int largest = 255, string extension = "jp2") =>
        [.. _made.GetOrAdd($"{width}x{height}x{samples} {largest} {options} {extension}", _ => new Lazy<byte[]>(
            () => Compress(Picture(width, height, samples, largest), samples == 3 ? "ppm" : "pgm", options, extension))).Value];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private byte[] Compress(byte[] picture, string pictureExtension, string options, string extension)
    {
        var name = Path.Combine(_folder, Path.GetRandomFileName());
        var (from, to) = ($"{name}.{pictureExtension}", $"{name}.{extension}");
        File.WriteAllBytes(from, picture);
        var start = new ProcessStartInfo("opj_compress", $"-i {from} -o {to} {options}") { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && File.Exists(to), $"opj_compress {options}: {output}{error.Result}");
        return File.ReadAllBytes(to);
    }

    // Smooth with some noise: compresses like a photograph, not like a blank page.
    private static byte[] Picture(int width, int height, int samples, int largest)
    {
        var noise = new Random(width * 31 + height);
        using var picture = new MemoryStream();
        picture.Write(Encoding.ASCII.GetBytes($"P{(samples == 3 ? 6 : 5)}\n{width} {height}\n{largest}\n"));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width * samples; x++)
            {
                var value = (int)((Math.Sin(x / 37.0) + Math.Cos(y / 23.0) + 2 + noise.NextDouble() / 4) / 4.3 * largest);
                if (largest > 255)
                    picture.WriteByte((byte)(value >> 8));
                picture.WriteByte((byte)value);
            }
        }

        return picture.ToArray();
    }
}
