using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>The first thing that every stage does in the store.</summary>
internal static class Fencing
{
    public static void Fence(StoreFolder store, Attempt attempt)
    {
        // Also should this fail half-way: bars are for others.
        attempt.LeavesNothing = true;
        var left = false;
        var aside = new List<RetiredFile>();
        foreach (var former in attempt.Formers)
        {
            store.Fence(former);
            left |= store.HasSalvage(former);
            if (store.AsideOf(former) is var (name, bytes))
                aside.Add(new RetiredFile(name, bytes));
        }

        // What a former one left is to be found again, should this attempt not get as far as taking it over, or counting it.
        attempt.LeftAside = aside;
        attempt.HasFenced = !left && aside.Count == 0;
    }

    /// <summary>Frees what fenced attempts left: it was taken over, or nobody wants it.</summary>
    public static void Drop(StoreFolder store, Attempt attempt)
    {
        foreach (var former in attempt.Formers)
            store.DropSalvage(former);
        attempt.HasFenced = attempt.LeftAside.Count == 0;
    }
}
