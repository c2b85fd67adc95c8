using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>The first thing that every stage does in the store.</summary>
internal static class Fencing
{
    public static void Fence(StoreFolder store, Attempt attempt)
    {
        foreach (var former in attempt.Formers)
            store.Fence(former);
        attempt.HasFenced = true;
    }
}
