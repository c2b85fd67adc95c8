namespace Understudy.Contracts;

/// <summary>Whether the store is worth it: what came of uses and of copies.</summary>
/// <param name="Since">The first day that counts; days are UTC's.</param>
/// <param name="NeverUsed">Copies in the store now that nobody has used since they were made; null where that wasn't asked for.</param>
/// <param name="Customers">Who used most first.</param>
/// <param name="Days">Of which something is known, the oldest first.</param>
public sealed record WorthView(DateOnly Since, WorthFigures All, CopySum? NeverUsed, IReadOnlyList<CustomerWorth> Customers, IReadOnlyList<DayWorth> Days);

/// <param name="Name">What stands for the customer in URLs, where an event said so.</param>
/// <param name="NeverUsed">In the store now; null where that wasn't asked for.</param>
public sealed record CustomerWorth(int Customer, string? Name, WorthFigures Figures, CopySum? NeverUsed);

/// <summary>One day's.</summary>
public sealed record DayWorth(DateOnly Day, WorthFigures Figures);

/// <param name="Hits">Uses of assets whose copy was there.</param>
/// <param name="Made">Copies, those that replaced an older version among them.</param>
/// <param name="CopiedAgain">Of these, such as were evicted less than a day before.</param>
/// <param name="Gone">Copies that were evicted, removed, replaced or lost.</param>
/// <param name="GoneUnused">Of these, such as nobody had used.</param>
/// <param name="Early">Copies that were there before their first use, which came now.</param>
/// <param name="Late">Copies whose first use came before they were there.</param>
/// <param name="Lead">How long the early ones were there before; null where there is none.</param>
public sealed record WorthFigures(
    long Uses, long Hits, CopySum Made, CopySum CopiedAgain, CopySum Gone, CopySum GoneUnused, long Early, CopySum Late, LeadView? Lead);

/// <summary>Copies, and their bytes.</summary>
public sealed record CopySum(long Copies, long Bytes);

/// <summary>Half, nine tenths and 99 of 100 were at most so long before; within 19 %.</summary>
public sealed record LeadView(double P50Seconds, double P90Seconds, double P99Seconds);
