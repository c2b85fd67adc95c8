namespace Understudy.Scavenging.Policies;

/// <summary>Says which copies go first. Pure: time comes with the uses. Whatever is one can be replayed (<see cref="Replay"/>).</summary>
internal interface IEvictionPolicy
{
    string Name { get; }

    /// <summary>For an empty store of so many bytes.</summary>
    IEvictionOrder Begin(long capacity);
}

/// <summary>The copies of one store, in the order in which they would go. Not thread-safe.</summary>
internal interface IEvictionOrder
{
    /// <summary>Somebody wants the asset, whether its copy is there or not.</summary>
    void Used(in Use use);

    /// <summary>After <see cref="Used"/>, where no copy was there: now one is.</summary>
    void Copied(in Use use);

    /// <summary>The asset whose copy goes first; it is no longer there. Only while there is one.</summary>
    int Next();
}
