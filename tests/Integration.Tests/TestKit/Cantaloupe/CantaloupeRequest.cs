namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>A request for an image or an info.json as a script sees it.</summary>
/// <param name="Url">Path and query as sent.</param>
/// <param name="Call">The same, taken apart.</param>
/// <param name="Number">Counts all requests to this node, from 1.</param>
/// <param name="NumberOfUrl">Counts those for the same URL, from 1.</param>
/// <param name="IsCached">The derivative cache has it.</param>
/// <param name="Pixels">What must be decoded for it; 0 for what is cached and for an info.json.</param>
/// <param name="PixelsInFlight">All that the node decodes at this moment, with these.</param>
internal sealed record CantaloupeRequest(string Method, string Url, IiifCall Call, int Number, int NumberOfUrl, bool IsCached, long Pixels, long PixelsInFlight)
{
    public bool IsInfo => Call.Operation is null;
}
