using Understudy.Copying.Store;
using Understudy.Plans;

namespace Understudy.Copying;

/// <summary>What it means for an attempt that the store's file system failed: sources make values of their own failures.</summary>
internal static class StoreFailures
{
    public static Outcome ToOutcome(IOException failure) => StoreException.IsNoSpace(failure)
        ? new Outcome.NoRoom($"the store's file system is full: {failure.Message}")
        : new Outcome.Failed($"the store failed: {failure.Message}");
}
