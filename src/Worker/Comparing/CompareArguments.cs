using Understudy.Warming.Planning;

namespace Understudy.Comparing;

/// <summary>What <c>understudy compare</c> is told.</summary>
/// <param name="Bases">What stands before an identifier, for each server; the first is what the others are measured by.</param>
/// <param name="Assets">A file of identifiers, - for standard input.</param>
/// <param name="Concurrency">Requests at a time.</param>
/// <param name="MaxRequests">Of each asset, the top levels first; null: all that a viewer can ask for.</param>
/// <param name="Info">A file, or an address with <c>{id}</c>, of the info.json to plan from; null: the first server's own.</param>
internal sealed record CompareArguments(
    IReadOnlyList<string> Bases, string Assets, ViewerProfile Profile, int Concurrency, int? MaxRequests, string? Info, bool Json);
