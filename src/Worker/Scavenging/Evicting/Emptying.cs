using Understudy.Contracts;

namespace Understudy.Scavenging.Evicting;

/// <summary>The way down to the low water mark: what has to go of what is there now, chosen a slice at a time. What stays at its last look isn't made up for.</summary>
internal sealed class Emptying(long bytes, long files)
{
    private readonly List<CandidateView> _first = [];
    private bool _isOver;

    public long Copies { get; private set; }

    public long Bytes { get; private set; }

    public long BytesLeft => Math.Max(0, bytes - Bytes);

    public long FilesLeft => Math.Max(0, files - Copies);

    /// <summary>Behind which the next slice begins; null: from the lowest on.</summary>
    public Place? GoOn { get; private set; }

    /// <summary>Enough goes, or nothing else may.</summary>
    public bool IsOver => _isOver || BytesLeft == 0 && FilesLeft == 0;

    /// <summary>Of what has to go.</summary>
    public double Fraction => bytes == 0 ? 1 : Math.Min(1, Bytes / (double)bytes);

    public void Take(Choice choice, int mostShown)
    {
        var going = choice.Seen.Where(c => c.Goes).ToArray();
        lock (_first)
        {
            (Copies, Bytes, GoOn) = (Copies + going.Length, Bytes + going.Sum(c => c.Bytes), choice.GoOn);
            _first.AddRange(choice.Seen.Where(c => c.Goes || c.Kept is not null).Take(mostShown - _first.Count).Select(c => c.View()));
            _isOver |= going.Length == 0 && choice.GoOn is null;
        }
    }

    public void End() => _isOver = true;

    public ScavengeView View()
    {
        lock (_first)
            return new ScavengeView(Copies, Bytes, bytes, [.. _first]);
    }
}
