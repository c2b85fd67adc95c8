using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>Two workers, a real catalogue, and days that pass in steps of five minutes. Runs take no time, one step or two.</summary>
internal sealed class SimulatedDays(TestCatalogue catalogue, string zone, DateTimeOffset start, int seed)
{
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    public static readonly IReadOnlyDictionary<string, string> Crons = new Dictionary<string, string>
    {
        ["daily"] = "30 2 * * *", ["early"] = "45 1 * * *", ["even"] = "10 */2 * * *", ["quarter"] = "*/15 * * * *",
    };

    private readonly FakeTimeProvider _time = new(start);
    private readonly Random _random = new(seed);
    private readonly List<ScheduleNode> _nodes = [];
    private readonly ConcurrentDictionary<JobRun, Ticket> _tickets = [];
    private int _names;

    /// <summary>Kills so far.</summary>
    public int Kills { get; private set; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public async Task PassAsync(TimeSpan days, double killed = 0, bool workersAreThere = true)
    {
        for (var end = Now + days; Now < end; _time.Advance(Step))
        {
            while (workersAreThere && _nodes.Count < 2)
                _nodes.Add(await ScheduleNode.SignOnAsync(catalogue, $"node{++_names}", _time, zone, [.. Crons.Select(c => new ScriptedJob(c.Key, c.Value, WorkAsync))]));
            await StepAsync();
            if (_nodes.Count > 0 && (!workersAreThere || _random.NextDouble() < killed))
                await KillAsync();
        }
    }

    /// <summary>Lets what is under way, or was cut short, come to its end.</summary>
    public async Task SettleAsync()
    {
        for (var turns = 0; turns < 4; turns++)
            await StepAsync();
        Assert.Equal(0, await catalogue.AskAsync<long>("select count(*) from schedule where worker is not null or asked_at is not null"));
    }

    private async Task StepAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.TurnAsync()));
        var running = _nodes.SelectMany(n => n.Scheduler.Running).ToList();
        // No job is at work twice, on all living nodes together.
        Assert.Equal(running.Count, running.Select(r => r.Begun.Name).Distinct().Count());
        await Eventually.TrueAsync(() => running.All(_tickets.ContainsKey), "all that was begun is at work");
        var over = running.Where(r => --_tickets[r].Steps < 0).ToList();
        over.ForEach(r => _tickets[r].Gate.SetResult());
        await Task.WhenAll(over.Select(r => r.Ended));
    }

    private async Task KillAsync()
    {
        Kills++;
        var victim = _nodes[_random.Next(_nodes.Count)];
        _nodes.Remove(victim);
        await victim.KillAsync();
    }

    private async Task<JobOutcome> WorkAsync(JobRun run, CancellationToken cancel)
    {
        // What it goes on from is what a run noted that was cut short, and nothing that was done.
        if (run.Checkpoint is { } checkpoint)
            Assert.Equal("cutShort", await catalogue.AskAsync<string>("select outcome from schedule_run where progress = @checkpoint", new { checkpoint }));
        var mine = $"{Guid.NewGuid():n}";
        await run.NoteAsync(mine, mine, 0.5);
        int steps;
        lock (_random)
            steps = _random.Next(3);
        var ticket = _tickets.GetOrAdd(run, _ => new Ticket { Steps = steps });
        await ticket.Gate.Task;
        return new JobOutcome.Done();
    }

    private sealed class Ticket
    {
        public required int Steps { get; set; }

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
