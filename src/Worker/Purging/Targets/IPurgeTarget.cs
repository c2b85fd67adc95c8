namespace Understudy.Purging.Targets;

/// <summary>One cache that can be told to forget an asset. All is safe to do again; no failure is an exception.</summary>
internal interface IPurgeTarget
{
    /// <summary>Stays the same from run to run: it stands in the catalogue and in the API. <c>tiles http://10.0.0.11:8182</c>.</summary>
    string Name { get; }

    TargetKind Kind { get; }

    /// <summary>How many subjects it may be given at once.</summary>
    int MostAtOnce { get; }

    /// <returns>A reply for each subject, in their order.</returns>
    Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel);
}

/// <summary>One that can be looked at.</summary>
internal interface IVerifiableTarget : IPurgeTarget
{
    Task<Verdict> VerifyAsync(PurgeSubject subject, CancellationToken cancel);
}
