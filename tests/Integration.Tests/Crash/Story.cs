using Understudy.Contracts;
using Understudy.Copying.Store;

namespace Understudy.Integration.Tests.Crash;

internal enum StepKind
{
    /// <summary>New bytes, and an event that they were ingested.</summary>
    Ingest,

    /// <summary>An event that the asset was ingested, without a source.</summary>
    IngestNothing,

    /// <summary>New bytes, and an event that the source changed.</summary>
    Update,

    /// <summary>As <see cref="Update"/>, with bytes that the source had before.</summary>
    Revert,

    /// <summary>As <see cref="Update"/>, with bytes that are no whole JP2.</summary>
    Spoil,

    /// <summary>The source goes, and an event says that it changed.</summary>
    Vanish,

    Delete,

    /// <summary>A viewer's request.</summary>
    Use,
}

/// <param name="Round">The chaos's round in which it happens, from 0.</param>
internal sealed record Step(int Round, CrashAsset Asset, StepKind Kind, int Bytes, int Seed);

/// <summary>What happens to which asset in which round: a function of the seed alone.</summary>
internal sealed class Story
{
    // Of a hundred assets, so many live like this. Lengths stay the same or change from step to step, see Play.
    private static readonly (int Share, StepKind[] Life)[] Lives =
    [
        (40, [StepKind.Ingest]),
        (12, [StepKind.Ingest, StepKind.Use]),
        (10, [StepKind.Ingest, StepKind.Update]),
        (8, [StepKind.Ingest, StepKind.Update, StepKind.Update, StepKind.Update]),
        (5, [StepKind.Ingest, StepKind.Update, StepKind.Revert]),
        (6, [StepKind.Ingest, StepKind.Delete]),
        (3, [StepKind.Ingest, StepKind.Delete, StepKind.Ingest]),
        (2, [StepKind.Ingest, StepKind.Update, StepKind.Delete, StepKind.Use]),
        (3, [StepKind.IngestNothing]),
        (2, [StepKind.Spoil]),
        (2, [StepKind.Ingest, StepKind.Spoil]),
        (3, [StepKind.Ingest, StepKind.Vanish]),
        (2, [StepKind.Ingest, StepKind.Update, StepKind.Vanish]),
        (1, [StepKind.Ingest, StepKind.Vanish, StepKind.Ingest]),
    ];

    private Story(IReadOnlyList<CrashAsset> assets, IReadOnlyList<IReadOnlyList<Step>> steps) => (Assets, Steps) = (assets, steps);

    public IReadOnlyList<CrashAsset> Assets { get; }

    /// <summary>For each asset, in order.</summary>
    public IReadOnlyList<IReadOnlyList<Step>> Steps { get; }

    public static Story Tell(CrashSettings settings, string storeRoot)
    {
        var random = new Random(settings.Seed);
        if (!PathTemplate.TryCreate(new StorageOptions().PathTemplate, storeRoot, out var paths, out var error))
            throw new InvalidOperationException(error);
        var assets = new List<CrashAsset>();
        var steps = new List<IReadOnlyList<Step>>();
        for (var i = 0; i < settings.Assets; i++)
        {
            // The names share folders, which come and go with their files.
            var id = AssetId.Parse($"{1 + i % 4}/7/p{i % 3}icture{i:0000}");
            var path = ((PathResult.Resolved)paths.Resolve(id)).Path.Text;
            var asset = new CrashAsset(id, inParts: random.Next(2) == 0) { Path = path };
            assets.Add(asset);
            steps.Add(Play(asset, Life(random, i), settings.Rounds, random));
        }

        return new Story(assets, steps);
    }

    private static List<Step> Play(CrashAsset asset, StepKind[] life, int rounds, Random random)
    {
        // A third of the work is there at once, so that the first kills find a long queue.
        var at = life.Select((_, i) => i == 0 && random.Next(3) == 0 ? 0 : random.Next(rounds)).Order().ToArray();
        var bytes = Length(random);
        var steps = new List<Step>();
        for (var i = 0; i < life.Length; i++)
        {
            if (life[i] != StepKind.Revert && random.Next(2) == 0)
                bytes = Length(random);
            steps.Add(new Step(at[i], asset, life[i], bytes, random.Next()));
        }

        return steps;
    }

    // Most fit into one part, or a few; one in eight has some megabytes. The square root of chance would be large files; its square is small ones.
    private static int Length(Random random) => random.Next(8) == 0
        ? random.Next(1 << 20, 4 << 20)
        : 20_000 + (int)(380_000 * Math.Pow(random.NextDouble(), 2));

    private static StepKind[] Life(Random random, int index)
    {
        // The first assets live each life once, however few there are.
        if (index < Lives.Length)
            return Lives[index].Life;
        var share = random.Next(Lives.Sum(l => l.Share));
        return Lives.First(l => (share -= l.Share) < 0).Life;
    }
}
