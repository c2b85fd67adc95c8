using Microsoft.Extensions.DependencyInjection;
using Understudy.Integration.Tests.Copying;
using Understudy.Schedules;

namespace Understudy.Integration.Tests.Schedules;

/// <summary>A run without a scheduler, due now, that remembers what it was told.</summary>
internal sealed class NotedRun : JobRun
{
    public List<string?> Checkpoints { get; } = [];

    /// <summary>What the job does when it notes something, besides.</summary>
    public Action OnNote { get; init; } = static () => { };

    public override Task NoteAsync(string? checkpoint, string progress, double? fraction)
    {
        Checkpoints.Add(checkpoint);
        OnNote();
        return Task.CompletedTask;
    }

    public static NotedRun From(string? checkpoint = null) => new() { Due = TimeProvider.System.GetUtcNow(), Checkpoint = checkpoint };

    /// <returns>What the run says in the end.</returns>
    public static async Task<string> DoneAsync(CopyWorker worker, string job, string? checkpoint = null)
    {
        var outcome = await worker.Services.GetServices<IJob>().Single(j => j.Name == job).RunAsync(From(checkpoint), CancellationToken.None);
        return Assert.IsType<JobOutcome.Done>(outcome).Note!;
    }
}
