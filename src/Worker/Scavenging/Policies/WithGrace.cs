namespace Understudy.Scavenging.Policies;

/// <summary>As the worker evicts: what was used within the grace period stays (Storage:GracePeriod).</summary>
/// <param name="grace">In seconds.</param>
internal sealed class WithGrace(IScoredPolicy policy, double grace) : IEvictionPolicy
{
    public string Name => policy.Name;

    public IEvictionOrder Begin(long capacity) => new ScoredOrder(policy, grace);
}
