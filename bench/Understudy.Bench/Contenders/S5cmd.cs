using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>As it comes (256 workers, 5 parts of 50 MB a file), or with 8 parts of 16 MiB and 8 workers.</summary>
internal sealed class S5cmd(PeerContext context, bool eight) : Peer("s5cmd", eight ? "s5cmd 8" : "s5cmd", context)
{
    protected override Command Command(DataSet set) =>
        new(Executable, ["--log", "error", "--endpoint-url", Context.Endpoint, .. set.Files == 1 ? One(set) : Many(set)]);

    private string[] One(DataSet set) =>
        ["cp", .. eight ? ["-c", "8", "-p", "16"] : Array.Empty<string>(), $"s3://{set.Bucket}/{set.Keys.Single()}", $"{Folder}/"];

    private string[] Many(DataSet set) =>
        [.. eight ? ["--numworkers", "8"] : Array.Empty<string>(), "cp", $"s3://{set.Bucket}/*", $"{Folder}/"];
}
