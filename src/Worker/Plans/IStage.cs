namespace Understudy.Plans;

/// <summary>One step of a plan. A capability implements it; only the runner calls it.</summary>
internal interface IStage
{
    /// <summary>As it stands in the catalogue.</summary>
    string Name { get; }

    /// <summary>Does the step, or says why not. May be killed at any instruction and called again with a new token.</summary>
    Task<Outcome> RunAsync(Attempt attempt, CancellationToken cancel);
}
