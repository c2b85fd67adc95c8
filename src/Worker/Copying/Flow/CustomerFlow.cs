namespace Understudy.Copying.Flow;

/// <summary>One customer's fetches in one lane, in the order of their arrival at the gate. Not thread-safe.</summary>
internal sealed class CustomerFlow
{
    private FetchSlot? _last;

    /// <summary>Virtual time, in bytes, at which the first fetch may start.</summary>
    public long StartTag { get; set; }

    public FetchSlot? First { get; private set; }

    public bool IsBefore(CustomerFlow other) =>
        StartTag < other.StartTag || (StartTag == other.StartTag && First!.Sequence < other.First!.Sequence);

    public void Insert(FetchSlot slot)
    {
        // From the back: only a fetch that came over from another lane is not the latest.
        var before = _last;
        while (before is not null && before.Sequence > slot.Sequence)
            before = before.Previous;

        slot.Previous = before;
        slot.Next = before is null ? First : before.Next;
        if (slot.Previous is null)
            First = slot;
        else
            slot.Previous.Next = slot;
        if (slot.Next is null)
            _last = slot;
        else
            slot.Next.Previous = slot;
    }

    public void Remove(FetchSlot slot)
    {
        if (slot.Previous is null)
            First = slot.Next;
        else
            slot.Previous.Next = slot.Next;
        if (slot.Next is null)
            _last = slot.Previous;
        else
            slot.Next.Previous = slot.Previous;
        (slot.Previous, slot.Next) = (null, null);
    }
}
