using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>The limit: no network, straight from the folder that nginx serves, whatever the speed of the listener.</summary>
internal sealed class Cp(PeerContext context) : Peer("cp", "cp", context)
{
    protected override Command Command(DataSet set) =>
        set.Files == 1
            ? new Command(Executable, [Context.Data.PathOf(set, set.Names.Single()), Folder])
            : new Command(Executable, ["-r", Context.Data.PathOf(set), Folder]);
}
