using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Bench.Intake;

/// <summary>One worker's intake without a queue: <c>POST /api/v1/events</c>, an array after the other on one connection.</summary>
internal sealed class EventsByHttp(Workers all) : IWay
{
    public string Name => $"1 worker, HTTP, arrays of {CatalogueRows.Batch:N0}";

    public async Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel)
    {
        var bodies = set.Events.Chunk(CatalogueRows.Batch).Select(events => JsonSerializer.SerializeToUtf8Bytes(events, Wire.Json)).ToArray();
        var (cpu, catalogueCpu) = (all.First.Process.CpuSeconds, all.CatalogueCpuSeconds);
        var started = Stopwatch.GetTimestamp();
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await all.First.Http.PostAsync("api/v1/events", content, cancel);
            answer.EnsureSuccessStatusCode();
        }

        return new IntakeSample(
            Stopwatch.GetElapsedTime(started).TotalSeconds, null, all.First.Process.CpuSeconds - cpu, all.CatalogueCpuSeconds - catalogueCpu, null);
    }
}
