using Microsoft.AspNetCore.Connections;
using Understudy.Catalogue;
using Understudy.Hosting.Configuration;

namespace Understudy.Hosting;

internal static class StartFailure
{
    /// <returns>What to print; null for what is no expected failure and deserves its stack trace.</returns>
    public static string? Describe(Exception failure) => failure switch
    {
        ConfigurationException or StartRefusedException => failure.Message,
        OperationCanceledException => "stopped before the start was complete",
        // Kestrel: "Failed to bind to address http://127.0.0.1:8080: address already in use."
        IOException { InnerException: AddressInUseException } =>
            $"{failure.Message} Stop what listens there, or choose another address with --Urls=http://127.0.0.1:PORT",
        _ => null,
    };
}
