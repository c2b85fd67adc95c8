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

/// <summary>One that takes orders, and needs its time for them.</summary>
internal interface IPatientTarget : IPurgeTarget
{
    /// <returns>Done; still at it; or why it has to be told anew.</returns>
    Task<PurgeReply> AskAsync(string order, CancellationToken cancel);
}

/// <summary>One that can be looked at.</summary>
internal interface IVerifiableTarget : IPurgeTarget
{
    Task<Verdict> VerifyAsync(PurgeSubject subject, Scrutiny scrutiny, CancellationToken cancel);
}

/// <summary>How closely a target is looked at. Each look at a picture has it made anew.</summary>
internal enum Scrutiny
{
    /// <summary>What dimensions it works with.</summary>
    Sizes,

    /// <summary>And a picture or two.</summary>
    Sample,

    /// <summary>And those in each version of the API.</summary>
    Thorough,
}
