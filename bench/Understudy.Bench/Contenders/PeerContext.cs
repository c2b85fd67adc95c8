using Understudy.Bench.Data;

namespace Understudy.Bench.Contenders;

/// <param name="Tools">By name, those that are installed.</param>
/// <param name="WorkFolder">For what a tool has to be given in a file.</param>
internal sealed record PeerContext(
    IReadOnlyDictionary<string, InstalledTool> Tools, DataFolder Data, Uri S3, string Destination, string WorkFolder)
{
    public string Endpoint => S3.ToString().TrimEnd('/');
}
