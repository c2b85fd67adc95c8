namespace Understudy.Bench.Intake;

/// <summary>A way for the messages to go, all of it or a part.</summary>
internal interface IWay
{
    string Name { get; }

    Task<IntakeSample> RunAsync(MessageSet set, CancellationToken cancel);
}
