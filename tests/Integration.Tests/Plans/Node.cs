using Understudy.Catalogue;
using Understudy.Contracts;
using Understudy.Intake;
using Understudy.Integration.Tests.TestKit;
using Understudy.Plans;
using Understudy.Publishing;

namespace Understudy.Integration.Tests.Plans;

/// <summary>What one worker has of intake and plans, with stages that a test scripts. Started, it works like the real one.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Notifications _notifications;
    private readonly PlanNews _news;
    private bool _started;

    public Node(TestCatalogue catalogue, string name = "node", PlanOptions? options = null, TimeProvider? time = null, params IStage[] stages)
        : this(catalogue, name, options, time, warms: false, stages)
    {
    }

    public Node(TestCatalogue catalogue, string name, PlanOptions? options, TimeProvider? time, bool warms, params IStage[] stages)
    {
        time ??= TimeProvider.System;
        Options = options ?? Quick();
        Wake = new Wake(time);
        Running = new RunningAttempts();
        Leases = new Leases(catalogue.Source);
        Outbox = new Outbox(Publishing, time);
        PoolSlots[] pools = [new(Pool.Store, () => Options.Slots), new(Pool.ImageServers, () => 4)];
        Settlements = new Settlements(catalogue.Source, Outbox, warms ? pools : pools[..1], new UseRecording(true), time);
        Intake = new IntakeQueue(catalogue.Source, Options, Wake, pools, new UseRecording(true), time, new TestLog<IntakeQueue>());
        Registry = new WorkerRegistry(catalogue.Source, new NodeIdentity(name), Options, Running, time, RegistryLog);
        Waiters = new Waiters(catalogue.Views, Room, Options, time);
        Runner = new PlanRunner(Leases, Settlements, Registry, Running, Waiters, Wake, new RightOfWay(time), stages, pools, Options, time, RunnerLog);
        _notifications = new Notifications(new CatalogueAddress(catalogue.ConnectionString), time, new TestLog<Notifications>());
        _news = new PlanNews(_notifications, Wake, Waiters, Running);
    }

    public PlanOptions Options { get; }

    public Wake Wake { get; }

    public RunningAttempts Running { get; }

    public Leases Leases { get; }

    /// <summary>Off until a test says otherwise.</summary>
    public PublishingOptions Publishing { get; } = new();

    public Outbox Outbox { get; }

    public Settlements Settlements { get; }

    public IntakeQueue Intake { get; }

    public WorkerRegistry Registry { get; }

    public RoomWanted Room { get; } = new();

    public Waiters Waiters { get; }

    public PlanRunner Runner { get; }

    public TestLog<WorkerRegistry> RegistryLog { get; } = new();

    public TestLog<PlanRunner> RunnerLog { get; } = new();

    public static PlanOptions Quick() => new()
    {
        Slots = 16,
        RetryDelay = TimeSpan.FromMilliseconds(10),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        PollInterval = TimeSpan.FromMilliseconds(50),
        LeaseTime = TimeSpan.FromSeconds(30),
        DrainTime = TimeSpan.FromSeconds(10),
    };

    public async Task<Node> StartAsync()
    {
        _started = true;
        await _notifications.StartAsync(CancellationToken.None);
        await _news.StartAsync(CancellationToken.None);
        await Runner.StartAsync(CancellationToken.None);
        return this;
    }

    public async Task StopAsync()
    {
        if (!_started)
            return;
        _started = false;
        await Runner.StopAsync(CancellationToken.None);
        await _notifications.StopAsync(CancellationToken.None);
        Assert.False(Runner.ExecuteTask!.IsFaulted, $"the runner failed: {Runner.ExecuteTask.Exception}");
    }

    public Task AcceptAsync(params AssetEvent[] events) => Intake.AcceptAsync(events, CancellationToken.None);

    /// <summary>Leases by hand, with a free slot for everything unless told otherwise.</summary>
    public async Task<IReadOnlyList<Attempt>> LeaseAsync(params int[] free) =>
        (await Leases.TakeAsync(Registry.Id, Pool.Store, free is [] ? [1000, 1000, 1000, 1000, 1000] : free, CancellationToken.None)).Attempts;

    public Task<bool> SettleAsync(Attempt attempt, Outcome outcome, bool dead = false) =>
        Settlements.WriteAsync(new Settlement(attempt, outcome, TimeSpan.Zero, dead));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Intake.DisposeAsync();
        await Settlements.DisposeAsync();
        Runner.Dispose();
        _notifications.Dispose();
        Wake.Dispose();
        Outbox.Dispose();
    }
}

/// <summary>A stage that does what the test says.</summary>
internal sealed class ScriptedStage(Func<Attempt, CancellationToken, Task<Outcome>> script, string name = Stages.Copy) : IStage
{
    public string Name => name;

    public Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        attempt.HasFenced = true;
        return script(attempt, cancel);
    }
}
