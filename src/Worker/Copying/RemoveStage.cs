using Understudy.Contracts;
using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>Takes an asset's file out of the store; readers that have it open keep it until the grace period ends.</summary>
internal sealed class RemoveStage(PathTemplate paths, StoreFolder store) : IStage
{
    public string Name => Stages.Remove;

    public Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel)
    {
        try
        {
            return Task.FromResult(Remove(attempt));
        }
        catch (IOException e)
        {
            return Task.FromResult(StoreFailures.ToOutcome(e));
        }
    }

    private Outcome Remove(Attempt attempt)
    {
        Fencing.Fence(store, attempt);
        Fencing.Drop(store, attempt);

        // Where it was put, which the template may have forgotten since.
        var place = attempt.Copy is { } copy ? StorePath.Parse(copy.Path) : paths.Resolve(attempt.Id);
        if (place is not PathResult.Resolved(var path))
            return new Outcome.Removed(null);
        attempt.LeavesNothing = false;
        return store.Remove(attempt.Token, path) switch
        {
            RemoveResult.Removed(var name, var bytes) => new Outcome.Removed(new RetiredFile(name, bytes)),
            RemoveResult.Absent => new Outcome.Removed(null),
            RemoveResult.Superseded => new Outcome.Superseded(),
            RemoveResult.Refused(var reason) => new Outcome.Hopeless(Fault.Failed, reason),
            _ => new Outcome.NoRoom("the store's file system has no room for a name in the reserved folder"),
        };
    }
}
