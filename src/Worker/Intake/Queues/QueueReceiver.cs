using MassTransit.Transports;
using Understudy.Aws;

namespace Understudy.Intake.Queues;

/// <summary>
/// Receives from one queue: long polls, many messages in hand, each kept hidden until its events are committed and it is
/// deleted. What can't be understood goes back, and by the queue's redrive policy to its dead letters; it holds up nobody.
/// While the catalogue is away messages stay in hand, for each delivery counts towards the dead letters.
/// </summary>
internal sealed partial class QueueReceiver(
    QueueOptions options, MessagingOptions messaging, SqsClient sqs, IReceiveEndpointDispatcher consumer, QueuePriorities priorities, QueueStatus status,
    TimeProvider time, ILogger log) : IDisposable
{
    // A poll that is broken off may still take messages, and nobody has them then until their time-out. So a stopping worker waits
    // for its last poll to answer; hence not SQS's longest, 20 s.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    // Side by side while messages come in full batches; one poll is under way when nothing comes.
    private const int MostPolls = 8;
    private static readonly TimeSpan DeletionGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    // Between looks at the queue's own attributes.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _room = new(options.Concurrency);
    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationTokenSource _lastDeletions = new();
    private string _url = "";
    private HeldMessages _held = null!;
    private Deletions _deletions = null!;
    private TimeSpan _visibility;
    private int? _maxDeliveries;
    private int _isAway;

    public async Task RunAsync(CancellationToken stop)
    {
        if (await FindAsync(stop) is not { } queue)
            return;

        // A queue may hide messages for no time at all; a receive says how long itself.
        _visibility = queue.Visibility < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(30) : queue.Visibility;
        _maxDeliveries = queue.MaxDeliveries;
        _held = new HeldMessages(sqs, _url, options.Name, _visibility, time, log);
        _deletions = new Deletions(sqs, _url, options.Name, _held, time, log);
        status.Held = () => _held.Count;
        if (queue.DeadLetters is null)
            LogNoDeadLetters(options.Name);

        using var released = new CancellationTokenSource();
        var hiding = _held.KeepHiddenAsync(released.Token);
        var deleting = _deletions.RunAsync(_lastDeletions.Token);
        var looking = LookAsync(stop);
        await PollAsync(0, stop);
        await DrainAsync();
        await deleting;
        await released.CancelAsync();
        await Task.WhenAll(hiding, looking);
    }

    public void Dispose()
    {
        _room.Dispose();
        _giveUp.Dispose();
        _lastDeletions.Dispose();
    }

    private async Task<SqsQueue?> FindAsync(CancellationToken stop)
    {
        for (var pause = TimeSpan.FromSeconds(1); !stop.IsCancellationRequested; pause = Longer(pause, LongestPause))
        {
            try
            {
                _url = options.Name.StartsWith("http", StringComparison.Ordinal) ? options.Name : await FindOrCreateAsync(stop);
                var queue = await sqs.DescribeAsync(_url, stop);
                (status.Seen, _) = (queue, status.Report(null));
                return queue;
            }
            catch (AwsFailure e)
            {
                Report(e);
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    private async Task<string> FindOrCreateAsync(CancellationToken stop)
    {
        try
        {
            return await sqs.FindUrlAsync(options.Name, stop);
        }
        catch (AwsFailure e) when (e.IsMissingQueue && messaging.CreateQueues)
        {
            LogCreating(options.Name);
            var dead = await sqs.DescribeAsync(await sqs.CreateAsync($"{options.Name}-dead", new Dictionary<string, string> { ["MessageRetentionPeriod"] = "1209600" }, stop), stop);
            return await sqs.CreateAsync(
                options.Name,
                new Dictionary<string, string> { ["VisibilityTimeout"] = "60", ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{dead.Arn}}","maxReceiveCount":5}""" },
                stop);
        }
    }

    /// <param name="others">How many polls are under way besides this one. One that isn't the first ends when batches come no longer full.</param>
    private async Task PollAsync(int others, CancellationToken stop)
    {
        Task? another = null;
        var (pause, backlog) = (TimeSpan.Zero, false);
        while (!stop.IsCancellationRequested && !(others > 0 && pause > TimeSpan.Zero))
        {
            var room = 0;
            try
            {
                await Task.Delay(pause, time, stop);
                await priorities.WaitForTurnAsync(options.Priority, stop);
                room = await TakeRoomAsync(stop);
                var messages = await sqs.ReceiveAsync(_url, room, Poll, _visibility, CancellationToken.None);
                if (status.Report(null))
                    LogReadAgain(options.Name);
                pause = TimeSpan.Zero;
                Report(ref backlog, messages.Count == room);
                foreach (var message in messages)
                    Start(message);
                room -= messages.Count;
                if (others > 0 && !backlog)
                    break;
                if (backlog && others + 1 < MostPolls && another is not { IsCompleted: false })
                    another = PollAsync(others + 1, stop);
            }
            catch (AwsFailure e)
            {
                Report(e);
                Report(ref backlog, false);
                pause = Longer(pause, LongestPause);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            finally
            {
                if (room > 0)
                    _room.Release(room);
            }
        }

        Report(ref backlog, false);
        await (another ?? Task.CompletedTask);
    }

    private void Report(ref bool backlog, bool now)
    {
        if (backlog != now)
            priorities.Report(options.Priority, now);
        backlog = now;
    }

    /// <summary>Waits for room for one message, and takes what more there is, up to a batch.</summary>
    private async Task<int> TakeRoomAsync(CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        var room = 1;
        while (room < SqsClient.LargestBatch && _room.Wait(0, CancellationToken.None))
            room++;
        return room;
    }

    private void Start(SqsMessage message)
    {
        if (message.SentAt is { } sent)
            status.Lag = time.GetUtcNow() - sent;
        var held = _held.Add(message, time.GetTimestamp());
        _ = Task.Run(() => HandleAsync(held));
    }

    /// <summary>The outermost frame of a message: whatever happens, it is deleted or given back.</summary>
    private async Task HandleAsync(HeldMessage held)
    {
        try
        {
            if (await TakeAsync(held.Message) is Verdict.Refused(var reason))
                await GiveBackAsync(held, "refused", reason, mayGoToDeadLetters: true);
            else
                _deletions.Add(held);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            QueueMetrics.WentBack(options.Name, "stopping");
            await HideAsync(held, TimeSpan.Zero);
        }
        catch (Exception e)
        {
            LogFailed(e, options.Name, held.Message.Id, held.Message.Deliveries);
            await GiveBackAsync(held, "failed", e.Message, mayGoToDeadLetters: false);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task<Verdict> TakeAsync(SqsMessage message)
    {
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = Longer(pause, LongestRetry))
        {
            var delivery = new BusDelivery(message, options.Name);
            await consumer.Dispatch(BusDelivery.NoBody, Headers(message), _giveUp.Token, delivery);
            if (delivery.Verdict is not Verdict.NotNow(var reason))
            {
                if (delivery.Verdict is Verdict.Done && Interlocked.Exchange(ref _isAway, 0) == 1)
                    LogCatalogueBack(options.Name);
                return delivery.Verdict ?? throw new InvalidOperationException("no consumer took the message");
            }

            if (Interlocked.Exchange(ref _isAway, 1) == 0)
                LogCatalogueAway(options.Name, reason);
            await Task.Delay(pause, time, _giveUp.Token);
        }
    }

    private static Dictionary<string, object> Headers(SqsMessage message) => new() { ["MessageId"] = message.Id, ["Content-Type"] = "application/json" };

    /// <param name="mayGoToDeadLetters">It is the message that is at fault, and no later delivery can end otherwise.</param>
    private async Task GiveBackAsync(HeldMessage held, string outcome, string reason, bool mayGoToDeadLetters)
    {
        QueueMetrics.WentBack(options.Name, outcome);
        if (held.Message.Deliveries >= _maxDeliveries)
            LogDeadLetter(options.Name, held.Message.Id, held.Message.Deliveries, reason);
        // Else ever more seldom: without dead letters it comes round for ever, and a catalogue that is broken must not send a whole queue there.
        var isDone = mayGoToDeadLetters && _maxDeliveries is not null;
        await HideAsync(held, isDone ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(900, Math.Pow(4, Math.Min(held.Message.Deliveries, 5)))));
    }

    private async Task HideAsync(HeldMessage held, TimeSpan visibility)
    {
        _held.Remove(held);
        try
        {
            await sqs.HideAsync(_url, [held.Message.Receipt], visibility, CancellationToken.None);
        }
        catch (AwsFailure e)
        {
            // Its visibility time-out gives it back as well, only later.
            LogNotGivenBack(options.Name, held.Message.Id, e.Message);
        }
    }

    private async Task DrainAsync()
    {
        if (_held.Count > 0)
            LogDraining(options.Name, _held.Count);
        _giveUp.CancelAfter(messaging.DrainTime);
        for (var i = 0; i < options.Concurrency; i++)
            await _room.WaitAsync();
        // Everything was handled; what remains in hand waits for its deletion.
        _deletions.Complete();
        _lastDeletions.CancelAfter(DeletionGrace);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    status.Seen = await sqs.DescribeAsync(_url, stop);
                }
                catch (AwsFailure)
                {
                    // The polls say whether it can be read.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Report(AwsFailure failure)
    {
        var said = failure switch
        {
            { IsMissingQueue: true } => $"there is no queue '{options.Name}' in {sqs.Region}: check its name and Aws:Region, or let the worker make it (Messaging:CreateQueues)",
            { Advice: { } advice } => $"{failure.Message} ({advice})",
            _ => failure.Message,
        };
        if (failure.IsThrottling)
            LogThrottled(options.Name, said);
        else if (status.Report(said))
            LogUnreadable(options.Name, said);
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan longest)
    {
        var next = pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(500) : pause * 2;
        return next < longest ? next : longest;
    }
}
