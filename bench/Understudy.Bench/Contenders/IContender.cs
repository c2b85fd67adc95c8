using Understudy.Bench.Data;
using Understudy.Bench.Measuring;

namespace Understudy.Bench.Contenders;

/// <summary>One way to bring a set into a folder, from an S3 that it was made for.</summary>
internal interface IContender
{
    /// <summary>What <c>--tools</c> calls it; a tool may enter more than once, with different options.</summary>
    string Tool { get; }

    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>The folder that it fills; it is emptied before each run.</summary>
    string Folder { get; }

    /// <summary>Whether this entry has anything of its own to show with <paramref name="set"/>.</summary>
    bool Takes(DataSet set);

    /// <exception cref="BenchException">It failed, or took longer than <paramref name="limit"/>.</exception>
    Task<Sample> RunAsync(DataSet set, TimeSpan limit, CancellationToken cancel);
}
