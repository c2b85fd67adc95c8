using Npgsql;
using Understudy.Catalogue;
using Understudy.Copying;
using Understudy.Copying.Flow;
using Understudy.Copying.Sources;
using Understudy.Copying.Store;
using Understudy.Publishing;
using Understudy.Schedules;

namespace Understudy.Scavenging.Reconciling;

/// <summary>Makes the catalogue match the store. Deletes no file, and plans nothing but what the catalogue had already.</summary>
internal sealed class ReconcileJob(
    NpgsqlDataSource catalogue, StoreFolder store, PathTemplate paths, StorageOptions storage, SourceOptions sources, ScavengingOptions options, Outbox outbox,
    TimeProvider time, ILogger<StoreIdentity> identityLog, ILogger<Reconciliation> log) : IJob
{
    public const string JobName = "reconcile";

    public string Name => JobName;

    public string DefaultCron => "0 2 * * 0";

    public string Description => "Adopts whole files that the catalogue doesn't know, and forgets copies whose files are gone";

    /// <summary>Lets a test have others do something meanwhile.</summary>
    internal Func<HoldStep, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancel)
    {
        using var bandwidth = new Bandwidth(new FlowOptions { MaxBytesPerSecond = options.AdoptBytesPerSecond }, time);
        var (holding, inspection, identity) = (new Holding(catalogue, Before), new Inspection(store, sources, bandwidth), new StoreIdentity(catalogue, storage, time, identityLog));
        var reconciliation = new Reconciliation(
            catalogue, store, paths, inspection, new Adoption(catalogue, inspection, holding), new Loss(holding, store, identity, outbox), time, log);
        try
        {
            await identity.CompareAsync(cancel);
            var state = await Task.Run(() => reconciliation.RunAsync(run.Checkpoint, run.NoteAsync, cancel), cancel);
            return new JobOutcome.Done(string.Join("; ", [$"{state}", .. state.Examples]));
        }
        catch (Exception e) when (e is IOException or StartRefusedException)
        {
            return new JobOutcome.Failed(e.Message);
        }
    }
}
