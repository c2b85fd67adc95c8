using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>As it comes, or with 8 streams a file and 8 files at once.</summary>
internal sealed class Rclone(PeerContext context, bool eight) : Peer("rclone", eight ? "rclone 8" : "rclone", context)
{
    protected override Command Command(DataSet set) =>
        new(Executable, [.. set.Files == 1 ? One(set) : Many(set), "--config", "/dev/null", "-q"])
        {
            Environment = new Dictionary<string, string>
            {
                ["RCLONE_CONFIG_R_TYPE"] = "s3",
                // AWS would put the bucket into the host's name, whatever force_path_style says.
                ["RCLONE_CONFIG_R_PROVIDER"] = "Other",
                ["RCLONE_CONFIG_R_LIST_VERSION"] = "2",
                ["RCLONE_CONFIG_R_ENV_AUTH"] = "true",
                ["RCLONE_CONFIG_R_ENDPOINT"] = Context.Endpoint,
            },
        };

    private string[] One(DataSet set) =>
        ["copyto", $"r:{set.Bucket}/{set.Keys.Single()}", PathOf(set.Names.Single()),
            .. eight ? ["--multi-thread-streams", "8", "--multi-thread-cutoff", "64M"] : Array.Empty<string>()];

    private string[] Many(DataSet set) =>
        ["copy", $"r:{set.Bucket}", Folder, .. eight ? ["--transfers", "8", "--checkers", "8"] : Array.Empty<string>()];
}
