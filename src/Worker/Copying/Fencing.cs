using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>The first thing that every stage does in the store.</summary>
internal static class Fencing
{
    public static void Fence(StoreFolder store, Attempt attempt)
    {
        var left = false;
        foreach (var former in attempt.Formers)
        {
            store.Fence(former);
            left |= store.HasSalvage(former);
        }

        // What a former one left is to be found again, should this attempt not get as far as taking it over.
        attempt.HasFenced = !left;
    }

    /// <summary>Frees what fenced attempts left: it was taken over, or nobody wants it.</summary>
    public static void Drop(StoreFolder store, Attempt attempt)
    {
        foreach (var former in attempt.Formers)
            store.DropSalvage(former);
        attempt.HasFenced = true;
    }
}
