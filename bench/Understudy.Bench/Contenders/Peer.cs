using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>A command-line tool: what it is called with is all there is to it.</summary>
internal abstract class Peer(string tool, string name, PeerContext context) : IContender
{
    public string Tool => tool;

    public string Name => name;

    public string Folder { get; } = Path.Combine(context.Destination, name.Replace(' ', '-'));

    protected PeerContext Context => context;

    protected string Executable => context.Tools[tool].Executable;

    public virtual bool Takes(DataSet set) => true;

    public Task<Sample> RunAsync(DataSet set, TimeSpan limit, CancellationToken cancel) => Command(set).RunAsync(limit, cancel);

    protected abstract Command Command(DataSet set);

    protected string PathOf(string name) => Path.Combine(Folder, DataSet.Key(name));
}
