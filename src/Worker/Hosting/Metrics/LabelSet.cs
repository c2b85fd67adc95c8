using System.Diagnostics.CodeAnalysis;

namespace Understudy.Hosting.Metrics;

/// <summary>The tags of a measurement as a key, whatever their order.</summary>
internal sealed class LabelSet(KeyValuePair<string, object?>[] tags)
{
    public KeyValuePair<string, object?>[] Tags { get; } = tags;

    /// <summary>Finds a <see cref="LabelSet"/> by the tags on the caller's stack, so that a measurement allocates nothing.</summary>
    public sealed class Comparer : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
    {
        public static readonly Comparer Instance = new();

        public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

        public bool Equals(LabelSet? x, LabelSet? y) => x is null ? y is null : y is not null && Equals(x.Tags, y);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other)
        {
            if (alternate.Length != other.Tags.Length)
                return false;
            // Call sites nearly always give their tags in one order.
            for (var i = 0; i < alternate.Length; i++)
            {
                if (!Same(alternate[i], other.Tags[i]) && Count(alternate, alternate[i]) != Count(other.Tags, alternate[i]))
                    return false;
            }

            return true;
        }

        public int GetHashCode([DisallowNull] LabelSet obj) => GetHashCode(obj.Tags);

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            // A sum doesn't depend on the order.
            var hash = alternate.Length;
            foreach (var tag in alternate)
                hash += HashCode.Combine(tag.Key, tag.Value);
            return hash;
        }

        private static int Count(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?> wanted)
        {
            var count = 0;
            foreach (var tag in tags)
                count += Same(tag, wanted) ? 1 : 0;
            return count;
        }

        private static bool Same(KeyValuePair<string, object?> a, KeyValuePair<string, object?> b) => a.Key == b.Key && Equals(a.Value, b.Value);
    }
}
