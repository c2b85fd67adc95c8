namespace Understudy.Bench.Measuring;

/// <summary>Where programs are.</summary>
internal static class Programs
{
    /// <summary>On PATH or, as servers are where PATH is a plain user's, in the sbin folders.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
