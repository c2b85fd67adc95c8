using System.Text;

namespace Understudy.Bench.Warm.FirstView;

/// <summary>Clouds of noise from a thousand pixels down to one, and hard edges across them: detail at every level of a pyramid, as scans of prints have.</summary>
internal static class GeneratedPicture
{
    private const int Coarsest = 1_024;

    /// <summary>As a PPM.</summary>
    public static void Write(string path, int width, int height, int seed)
    {
        var row = new byte[width * 3];
        using var file = File.Create(path, 1 << 20);
        file.Write(Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n"));
        var light = new float[width];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(light);
            for (var (cell, weight, octave) = (Coarsest, 0.5f, 0); cell >= 1; cell /= 2, weight *= 0.62f, octave++)
                Add(light, y, cell, weight, seed + (octave * 7919));
            for (var x = 0; x < width; x++)
            {
                var ink = (x * 3 / 40 + y * 2 / 40 + seed) % 17 == 0 ? -0.35f : 0f;
                for (var colour = 0; colour < 3; colour++)
                    row[(x * 3) + colour] = (byte)Math.Clamp((light[x] * (0.75f + (0.12f * ((seed + colour) % 3))) + ink) * 150, 0, 255);
            }

            file.Write(row);
        }
    }

    private static void Add(float[] light, int y, int cell, float weight, int seed)
    {
        var down = Smooth((float)(y % cell) / cell);
        for (var start = 0; start < light.Length; start += cell)
        {
            var left = Between(Lattice(start / cell, y / cell, seed), Lattice(start / cell, (y / cell) + 1, seed), down);
            var right = Between(Lattice((start / cell) + 1, y / cell, seed), Lattice((start / cell) + 1, (y / cell) + 1, seed), down);
            for (var x = start; x < Math.Min(start + cell, light.Length); x++)
                light[x] += weight * Between(left, right, (float)(x - start) / cell);
        }
    }

    private static float Between(float from, float to, float share) => from + ((to - from) * share);

    private static float Smooth(float share) => share * share * (3 - (2 * share));

    private static float Lattice(int x, int y, int seed)
    {
        var mixed = (uint)((x * 374761393) + (y * 668265263) + (seed * 362437));
        mixed = (mixed ^ (mixed >> 13)) * 1274126177;
        return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 65536f;
    }
}
