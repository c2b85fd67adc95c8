using System.Diagnostics;

namespace Understudy.Bench.Measuring;

/// <summary>What every child finds in its environment, whatever this shell has.</summary>
internal static class ChildEnvironment
{
    public const string AccessKey = "benchbenchbenchbench";
    public const string SecretKey = "benchbenchbenchbenchbenchbenchbenchbench";
    public const string Region = "us-east-1";

    public static void Apply(ProcessStartInfo start, IEnumerable<KeyValuePair<string, string>> more)
    {
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToArray())
            start.Environment.Remove(name);
        start.Environment["AWS_ACCESS_KEY_ID"] = AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = SecretKey;
        start.Environment["AWS_REGION"] = Region;
        start.Environment["AWS_DEFAULT_REGION"] = Region;
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_CONFIG_FILE"] = "/dev/null";
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
        foreach (var (name, value) in more)
            start.Environment[name] = value;
    }

    // rclone 1.60 fails on plain HTTP while AWS_CA_BUNDLE is set; a proxy must not stand before loopback.
    private static bool IsForeign(string name) =>
        name.StartsWith("AWS_", StringComparison.Ordinal)
        || name.StartsWith("RCLONE_", StringComparison.Ordinal)
        || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);
}
