using System.CommandLine;
using System.Net;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>What a verb works with while it runs.</summary>
internal sealed record Call(ParseResult Parsed, UnderstudyClient Worker, Terminal Terminal, bool Json);

/// <summary>Runs a verb against a worker, and turns what can go wrong on the way into a line and an exit code.</summary>
internal sealed class ClientVerb(Terminal terminal, WorkerConnection connection)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    public Terminal Terminal => terminal;

    /// <summary>Gives the verb the shared options and its action.</summary>
    public Verb Wire(Verb verb, Func<Call, CancellationToken, Task<int>> run)
    {
        connection.AddTo(verb);
        verb.SetAction((parsed, cancel) => RunAsync(parsed, run, cancel));
        return verb;
    }

    /// <summary>Is it about the connection or the key, and so the same for every asset that would follow?</summary>
    public static bool IsFatal(Exception failure) =>
        failure is HttpRequestException or UnderstudyException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden };

    private async Task<int> RunAsync(ParseResult parsed, Func<Call, CancellationToken, Task<int>> run, CancellationToken cancel)
    {
        using var http = connection.Connect(parsed, Timeout);
        try
        {
            return await run(new Call(parsed, new UnderstudyClient(http), terminal, connection.Json(parsed)), cancel);
        }
        catch (HttpRequestException failure)
        {
            await terminal.Error.WriteLineAsync($"no worker answers at {connection.Url(parsed)} ({failure.Message})");
            await terminal.Error.WriteLineAsync("start one with 'understudy serve', or say where it is with --url or UNDERSTUDY_URL");
            return ExitCode.Unreachable;
        }
        catch (UnderstudyException refused) when (IsFatal(refused))
        {
            await terminal.Error.WriteLineAsync($"the worker refused: {refused.Message}");
            await terminal.Error.WriteLineAsync("give another key with UNDERSTUDY_KEY or --key");
            return ExitCode.Refused;
        }
        catch (UnderstudyException failed)
        {
            await terminal.Error.WriteLineAsync(failed.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync($"the worker at {connection.Url(parsed)} did not answer within {Timeout.TotalSeconds:0} seconds");
            return ExitCode.Unreachable;
        }
    }
}
