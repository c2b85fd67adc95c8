using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Understudy.Hosting;

/// <summary>The one meter and the one source of activities of this service.</summary>
internal static class Telemetry
{
    public const string Name = "Understudy";

    public static readonly string Version =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static readonly Meter Meter = new(Name, Version);

    public static readonly ActivitySource Activities = new(Name, Version);
}
