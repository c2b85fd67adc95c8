namespace Understudy.Integration.Tests.Crash;

/// <summary>Which round the chaos is in: what belongs to a round begins with it, however fast the machine is.</summary>
internal sealed class Pace(int rounds)
{
    private readonly TaskCompletionSource[] _reached = [.. Enumerable.Range(0, rounds).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    public Task ReachedAsync(int round, CancellationToken cancel) => _reached[round].Task.WaitAsync(cancel);

    public void Begin(int round) => _reached[round].TrySetResult();
}
