using Understudy.Bench.Measuring;
using Understudy.Warming.Planning;

namespace Understudy.Bench.Warm.Planner;

/// <summary>One pyramid as one viewer asks for it. Rates are URLs a second.</summary>
/// <param name="Array">The same strings written from memory.</param>
/// <param name="OpenSeadragon">null where there is no Node.</param>
internal sealed record PlannerRow(int Width, int Height, int Version, ViewerProfile Profile, int Urls, double BytesAnUrl, Spread Plan, Spread Array, Spread? OpenSeadragon);
