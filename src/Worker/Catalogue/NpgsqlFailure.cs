using System.Net.Sockets;
using Npgsql;

namespace Understudy.Catalogue;

/// <summary>Whether trying again can help.</summary>
internal static class NpgsqlFailure
{
    /// <summary>The server is starting, stopping, crashed, full or out of reach; not: wrong password, no such database.</summary>
    public static bool MayPass(this NpgsqlException failure) =>
        failure.IsTransient || failure is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections }
        || failure is not PostgresException && failure.InnerException is SocketException or IOException or TimeoutException;
}
