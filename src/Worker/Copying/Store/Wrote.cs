namespace Understudy.Copying.Store;

/// <summary>How a write to a part ended; other errors are exceptions.</summary>
internal enum Wrote { Done, NoSpace }
