using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy events send FILE|-</c></summary>
internal static class EventsVerb
{
    /// <summary>Small enough for one statement in the catalogue, large enough that round trips don't count.</summary>
    private const int BatchSize = 1000;

    public static Command Create(ClientVerb client)
    {
        var file = new Argument<string>("FILE") { Description = "events as a JSON array, one object, or an object a line; - for standard input" };
        var send = new Verb("send", "Sends events to the worker.",
            "understudy events send events.ndjson",
            """echo '{"type":"AssetIngested","id":"2/5/foo","source":"s3://bucket/key"}' | understudy events send -""")
        {
            file,
        };
        return new Command("events", "Tells the worker what happened to assets.")
        {
            client.Wire(send, (call, cancel) => SendAsync(call, call.Parsed.GetRequiredValue(file), cancel)),
        };
    }

    private static async Task<int> SendAsync(Call call, string file, CancellationToken cancel)
    {
        try
        {
            await using var stream = file == "-" ? call.Terminal.Input() : File.OpenRead(file);
            double? length = stream.CanSeek ? Math.Max(1, stream.Length) : null;
            return await Progress.ShowAsync(call.Terminal, !call.Json, "sending", length, progress => SendAsync(call, stream, progress, cancel));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await call.Terminal.Error.WriteLineAsync(unreadable.Message);
            return ExitCode.Usage;
        }
    }

    private static async Task<int> SendAsync(Call call, Stream stream, Action<double> progress, CancellationToken cancel)
    {
        var sent = 0;
        string? error = null;
        try
        {
            await foreach (var batch in EventFile.ReadAsync(stream, cancel).Chunk(BatchSize).WithCancellation(cancel))
            {
                sent += (await call.Worker.SendAsync(batch, cancel)).Events;
                if (stream.CanSeek)
                    progress(stream.Position);
            }
        }
        // What was sent is committed, and sending it again does no harm: say how far it got.
        catch (FormatException bad)
        {
            error = bad.Message;
        }
        catch (UnderstudyException refused) when (!ClientVerb.IsFatal(refused))
        {
            error = refused.Message;
        }

        await call.Terminal.Output.WriteLineAsync(call.Json ? JsonSerializer.Serialize(new { sent, error }, Wire.Json) : $"{sent} events sent");
        if (error is null)
            return ExitCode.Done;
        if (!call.Json)
            await call.Terminal.Error.WriteLineAsync(error);
        return ExitCode.Failed;
    }
}
