using System.Collections.Concurrent;
using System.Globalization;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>What nodes kept, and what they forgot, line by line: for whoever has to find out where something old came from.</summary>
internal sealed class CantaloupeJournal
{
    private readonly ConcurrentQueue<(DateTimeOffset At, string Identifier, string What)> _lines = new();

    public void Note(string identifier, string what) => _lines.Enqueue((TimeProvider.System.GetUtcNow(), identifier, what));

    public IEnumerable<string> Of(string identifier) =>
        _lines.Where(l => l.Identifier == identifier).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.At:HH:mm:ss.fff} {l.What}"));
}
