using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

internal sealed class AwsCli(PeerContext context) : Peer("aws", "aws s3 cp", context)
{
    protected override Command Command(DataSet set) =>
        new(Executable, ["--endpoint-url", Context.Endpoint, "s3", "cp", "--only-show-errors", .. set.Files == 1
            ? [$"s3://{set.Bucket}/{set.Keys.Single()}", PathOf(set.Names.Single())]
            : new[] { "--recursive", $"s3://{set.Bucket}/", Folder }]);
}
