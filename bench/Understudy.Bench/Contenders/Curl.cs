using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>Unsigned requests, one GET a file: one after the other over a connection that is kept, or 8 at once.</summary>
internal sealed class Curl(PeerContext context, bool parallel) : Peer("curl", parallel ? "curl --parallel 8" : "curl", context)
{
    public override bool Takes(DataSet set) => !parallel || set.Files > 1;

    protected override Command Command(DataSet set)
    {
        if (set.Files == 1)
            return new Command(Executable, ["-sSf", "-o", PathOf(set.Names.Single()), Url(set, set.Names.Single())]);

        var list = Path.Combine(Context.WorkFolder, $"curl-{set.Name}.list");
        File.WriteAllLines(list, set.Names.SelectMany(name => new[] { $"url = \"{Url(set, name)}\"", $"output = \"{PathOf(name)}\"" }));
        return new Command(Executable, ["-sSf", .. parallel ? ["--parallel", "--parallel-max", "8"] : Array.Empty<string>(), "-K", list]);
    }

    private string Url(DataSet set, string name) => $"{Context.Endpoint}/{set.Bucket}/{DataSet.Key(name)}";
}
