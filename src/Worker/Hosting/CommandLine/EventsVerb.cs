using System.CommandLine;
using System.Text.Json;
using Understudy.Aws;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy events send FILE|- [--to http|sqs|sns]</c></summary>
internal static class EventsVerb
{
    public static Command Create(ClientVerb client, TimeProvider time)
    {
        var file = new Argument<string>("FILE") { Description = "events as a JSON array, one object, or an object a line; - for standard input" };
        var to = new Option<string>("--to") { Description = "http: the worker's API; sqs: --queue; sns: --topic", DefaultValueFactory = _ => "http" };
        to.AcceptOnlyFromAmong("http", "sqs", "sns");
        var queue = new Option<string?>("--queue") { HelpName = "NAME", Description = "an SQS queue, by its name or URL; region, address and credentials as a worker here would have them (Aws:…, AWS_…)" };
        var topic = new Option<string?>("--topic") { HelpName = "ARN", Description = "an SNS topic; the message attributes messageType, customer and space are set" };
        var send = new Verb("send", "Sends events to the worker, or to the queue or topic that workers receive from.",
            "understudy events send events.ndjson",
            """echo '{"type":"AssetIngested","id":"2/5/foo","source":"s3://bucket/key"}' | understudy events send -""",
            "understudy events send events.ndjson --to sqs --queue understudy-events",
            "understudy events send events.ndjson --to sns --topic arn:aws:sns:eu-west-1:111122223333:iiif-events")
        {
            file, to, queue, topic,
        };
        send.Validators.Add(result =>
        {
            var destination = result.GetValue(to);
            if (destination == "sqs" && result.GetValue(queue) is not { Length: > 0 })
                result.AddError("--to sqs needs a --queue");
            if (destination == "sns" && result.GetValue(topic) is not { Length: > 0 })
                result.AddError("--to sns needs a --topic");
        });
        return new Command("events", "Tells the worker what happened to assets.")
        {
            client.Wire(send, async (call, cancel) =>
            {
                using EventDestination destination = call.Parsed.GetValue(to) switch
                {
                    "sqs" => new EventDestination.Queue(call.Parsed.GetValue(queue)!, time),
                    "sns" => new EventDestination.Topic(call.Parsed.GetValue(topic)!, time),
                    _ => new EventDestination.Http(call.Worker),
                };
                return await SendAsync(call, destination, call.Parsed.GetRequiredValue(file), cancel);
            }),
        };
    }

    private static async Task<int> SendAsync(Call call, EventDestination destination, string file, CancellationToken cancel)
    {
        try
        {
            await using var stream = file == "-" ? call.Terminal.Input() : File.OpenRead(file);
            double? length = stream.CanSeek ? Math.Max(1, stream.Length) : null;
            return await Progress.ShowAsync(call.Terminal, !call.Json, "sending", length, progress => SendAsync(call, destination, stream, progress, cancel));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await call.Terminal.Error.WriteLineAsync(unreadable.Message);
            return ExitCode.Usage;
        }
    }

    private static async Task<int> SendAsync(Call call, EventDestination destination, Stream stream, Action<double> progress, CancellationToken cancel)
    {
        var sent = 0;
        string? error = null;
        try
        {
            await foreach (var batch in EventFile.ReadAsync(stream, cancel).Chunk(destination.BatchSize).WithCancellation(cancel))
            {
                await destination.SendAsync(batch, cancel);
                sent += batch.Length;
                if (stream.CanSeek)
                    progress(stream.Position);
            }
        }
        // What was sent is taken, and sending it again does no harm: say how far it got.
        catch (FormatException bad)
        {
            error = bad.Message;
        }
        catch (UnderstudyException refused) when (!ClientVerb.IsFatal(refused))
        {
            error = refused.Message;
        }
        catch (AwsFailure failure)
        {
            error = failure.Advice is { } advice ? $"{failure.Message} ({advice})" : failure.Message;
        }

        await call.Terminal.Output.WriteLineAsync(call.Json ? JsonSerializer.Serialize(new { sent, error }, Wire.Json) : $"{sent} events sent");
        if (error is null)
            return ExitCode.Done;
        if (!call.Json)
            await call.Terminal.Error.WriteLineAsync(error);
        return ExitCode.Failed;
    }
}
