using Understudy.Integration.Tests.Plans;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>What one worker has of schedules. Its turns are taken when the test says so.</summary>
internal sealed class ScheduleNode
{
    private readonly TestCatalogue _catalogue;

    private ScheduleNode(TestCatalogue catalogue, string name, TimeProvider time, string zone, IEnumerable<IJob> jobs)
    {
        _catalogue = catalogue;
        Clock clock = _ => Task.FromResult(time.GetUtcNow());
        var identity = new NodeIdentity(name);
        var timetable = new Timetable(jobs, new ScheduleOptions { TimeZone = zone }, new ConfiguredCrons(new Dictionary<string, string>()));
        Tables = new ScheduleTables(catalogue.Source, clock, identity);
        Desk = new ScheduleDesk(catalogue.Source, Tables, timetable, clock);
        Registry = new WorkerRegistry(catalogue.Source, identity, Node.Quick(), new RunningAttempts(), time, new TestLog<WorkerRegistry>());
        Scheduler = new Scheduler(Tables, timetable, Registry, time, Log);
    }

    public Scheduler Scheduler { get; }

    public ScheduleDesk Desk { get; }

    public ScheduleTables Tables { get; }

    public WorkerRegistry Registry { get; }

    public TestLog<Scheduler> Log { get; } = new();

    public static async Task<ScheduleNode> SignOnAsync(TestCatalogue catalogue, string name, TimeProvider time, string zone = "UTC", params IJob[] jobs)
    {
        var node = new ScheduleNode(catalogue, name, time, zone, jobs);
        await node.Scheduler.AddSchedulesAsync(CancellationToken.None);
        await node.Registry.SignOnAsync(CancellationToken.None);
        return node;
    }

    public Task TurnAsync() => Scheduler.TurnAsync(CancellationToken.None);

    /// <summary>A turn, and all that it began until its end.</summary>
    public async Task TurnToEndAsync()
    {
        await TurnAsync();
        await Task.WhenAll(Scheduler.Running.Select(r => r.Ended));
    }

    /// <summary>As it looks to the others when its process is gone: it says nothing more, and its row is taken away.</summary>
    public Task KillAsync() => _catalogue.ExecuteAsync("delete from worker where id = @Id", new { Registry.Id });
}
