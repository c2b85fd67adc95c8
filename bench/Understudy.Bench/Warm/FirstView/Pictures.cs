using System.Globalization;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>The JP2s of the gallery: some different ones, made once and kept between runs (bench/run clean), and copies of them to the number that is wanted.</summary>
internal static class Pictures
{
    public const int Width = 4_000;
    public const int Height = 3_000;

    /// <summary>How often the image is halved in the file.</summary>
    public const int Levels = 5;

    /// <summary>Copies are different images to a server, which knows them by their path.</summary>
    private const int Different = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <returns>Bytes of one, on average.</returns>
    public static async Task<double> FillAsync(string store, int images, string repository, CancellationToken cancel)
    {
        var kept = Directory.CreateDirectory(Path.Combine(repository, "bench/.data/gallery")).FullName;
        var different = Math.Min(Different, images);
        // Two at a time: each is made by one thread.
        await Parallel.ForEachAsync(Enumerable.Range(1, different), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancel },
            async (n, stop) => await MakeAsync(Kept(kept, n), n, stop));
        for (var n = 1; n <= images; n++)
        {
            var target = Path.Combine(store, KnownCopies.Path(n));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Kept(kept, ((n - 1) % different) + 1), target);
        }

        return Enumerable.Range(1, different).Average(n => new FileInfo(Kept(kept, n)).Length);
    }

    private static string Kept(string folder, int n) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{n:D2}.jp2"));

    private static async Task MakeAsync(string file, int n, CancellationToken cancel)
    {
        if (File.Exists(file))
            return;
        var opj = Programs.Find("opj_compress") ?? throw new BenchException("opj_compress isn't installed");
        Progress.Say($"making picture {n} of {Width} × {Height}");
        var (picture, unfinished) = (Path.ChangeExtension(file, ".ppm"), Path.ChangeExtension(file, ".unfinished.jp2"));
        try
        {
            await Task.Run(() => GeneratedPicture.Write(picture, Width, Height, seed: n), cancel);
            // 10:1, as DLCS and others have it.
            await new Command(opj, ["-i", picture, "-o", unfinished, "-n", $"{Levels + 1}", "-t", $"{Pyramids.Tile},{Pyramids.Tile}", "-r", "10"]).OutputAsync(Limit, cancel);
            File.Move(unfinished, file);
        }
        finally
        {
            File.Delete(picture);
        }
    }
}
