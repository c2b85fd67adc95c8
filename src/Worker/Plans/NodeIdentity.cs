namespace Understudy.Plans;

/// <summary>The same before and after a restart, and never shared: machine and data directory, which is locked while a worker runs.</summary>
internal sealed record NodeIdentity(string Name);
