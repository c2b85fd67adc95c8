using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>Does one call for each of many assets, a few at a time, and says how each went as soon as it is known.</summary>
internal static class PerAsset
{
    private const int AtOnce = 16;

    /// <param name="list">A file of more ids, <c>-</c> for standard input.</param>
    /// <param name="isGood">Does the answer mean success?</param>
    public static async Task<int> RunAsync(
        Call call,
        IReadOnlyCollection<AssetId> ids,
        string? list,
        Func<UnderstudyClient, AssetId, CancellationToken, Task<AssetView>> act,
        Predicate<AssetView> isGood,
        CancellationToken cancel)
    {
        IReadOnlyList<AssetId> all;
        try
        {
            all = [.. ids.Concat(await ListedAsync(call.Terminal, list, cancel)).Distinct()];
        }
        catch (Exception unreadable) when (unreadable is FormatException or IOException or UnauthorizedAccessException)
        {
            await call.Terminal.Error.WriteLineAsync(unreadable.Message);
            return ExitCode.Usage;
        }

        var failed = await Progress.ShowAsync(call.Terminal, !call.Json && all.Count > AtOnce, $"{all.Count} assets", all.Count, progress => ActAsync(call, all, act, isGood, progress, cancel));
        if (all.Count > 1 && !call.Json)
            await call.Terminal.Output.WriteLineAsync(failed == 0 ? $"{all.Count} assets" : $"{all.Count} assets, {failed} of them failed");
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> ActAsync(
        Call call,
        IReadOnlyList<AssetId> all,
        Func<UnderstudyClient, AssetId, CancellationToken, Task<AssetView>> act,
        Predicate<AssetView> isGood,
        Action<double> progress,
        CancellationToken cancel)
    {
        var (done, failed) = (0, 0);
        var output = new Lock();
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (id, stop) =>
        {
            var (asset, error) = await TryAsync(call.Worker, id, act, stop);
            var good = asset is not null && isGood(asset);
            lock (output)
            {
                progress(++done);
                failed += good ? 0 : 1;
                call.Terminal.Output.WriteLine(call.Json ? JsonLine(id, asset, error) : TextLine(id, asset, error));
            }
        });
        return failed;
    }

    private static async Task<(AssetView? Asset, string? Error)> TryAsync(
        UnderstudyClient worker, AssetId id, Func<UnderstudyClient, AssetId, CancellationToken, Task<AssetView>> act, CancellationToken cancel)
    {
        try
        {
            return (await act(worker, id, cancel), null);
        }
        catch (UnderstudyException failure) when (!ClientVerb.IsFatal(failure))
        {
            return (null, failure.Message);
        }
    }

    /// <param name="list">null: no list, no ids.</param>
    public static async Task<IReadOnlyList<AssetId>> ListedAsync(Terminal terminal, string? list, CancellationToken cancel)
    {
        if (list is null)
            return [];
        using var reader = list == "-" ? new StreamReader(terminal.Input()) : new StreamReader(list);
        return await AssetIds.ReadAsync(reader, list == "-" ? "standard input" : list, cancel);
    }

    private static string JsonLine(AssetId id, AssetView? asset, string? error) =>
        asset is not null ? JsonSerializer.Serialize(asset, Wire.Json) : JsonSerializer.Serialize(new { id, error }, Wire.Json);

    private static string TextLine(AssetId id, AssetView? asset, string? error) =>
        Table.OneLine(asset is null ? $"{id}  failed  {error}" : $"{id}  {AssetText.State(asset.State)}  {AssetText.Short(asset)}").TrimEnd();
}
