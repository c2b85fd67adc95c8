using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>Events in a stream, however they stand in it: a JSON array, one object, or an object a line (NDJSON). Never all in memory.</summary>
internal static class EventFile
{
    /// <exception cref="FormatException">What follows is no event; the message says which one it is.</exception>
    public static async IAsyncEnumerable<AssetEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var first = await FirstByteAsync(pipe, cancel);
        if (first is null)
            yield break;

        await using var events = JsonSerializer.DeserializeAsyncEnumerable<AssetEvent>(pipe, topLevelValues: first != '[', Wire.Json, cancel).GetAsyncEnumerator(cancel);
        for (var number = 1; await NextAsync(events, number); number++)
            yield return events.Current ?? throw new FormatException($"event {number} is null");
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<AssetEvent?> events, int number)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception bad) when (Api.JsonFault.Describe(bad) is not null)
        {
            throw new FormatException($"event {number}: {Api.JsonFault.Describe(bad)}", bad);
        }
    }

    /// <summary>Skips white space and a byte order mark, and looks at what comes then without taking it.</summary>
    private static async Task<byte?> FirstByteAsync(PipeReader pipe, CancellationToken cancel)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancel);
            var rest = new SequenceReader<byte>(read.Buffer);
            rest.AdvancePastAny(" \t\r\n\uFEFF"u8);
            if (rest.TryPeek(out var first))
            {
                pipe.AdvanceTo(rest.Position);
                return first;
            }

            pipe.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }
}
