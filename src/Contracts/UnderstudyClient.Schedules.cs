using System.Globalization;
using System.Net.Http.Json;

namespace Understudy.Contracts;

public sealed partial class UnderstudyClient
{
    /// <summary>The jobs, when each runs, and what came of its last run.</summary>
    public async Task<IReadOnlyList<ScheduleView>> SchedulesAsync(CancellationToken cancel = default)
    {
        using var response = await http.GetAsync("api/v1/schedules", cancel);
        return await ReadAsync<IReadOnlyList<ScheduleView>>(response, cancel);
    }

    /// <summary>A page of a job's runs, newest first.</summary>
    public async Task<PageView<ScheduleRunView>> ScheduleRunsAsync(string name, string? after = null, int? limit = null, CancellationToken cancel = default)
    {
        var query = (after is null ? "" : $"&after={Uri.EscapeDataString(after)}") + (limit is { } most ? $"&limit={most.ToString(CultureInfo.InvariantCulture)}" : "");
        using var response = await http.GetAsync($"{Path(name)}/runs?{query.TrimStart('&')}", cancel);
        return await ReadAsync<PageView<ScheduleRunView>>(response, cancel);
    }

    /// <summary>Changes when a job runs.</summary>
    public async Task<ScheduleView> SetScheduleAsync(string name, ScheduleChange change, CancellationToken cancel = default)
    {
        using var response = await http.PutAsJsonAsync(Path(name), change, Wire.Json, cancel);
        return await ReadAsync<ScheduleView>(response, cancel);
    }

    /// <summary>Back to what is configured.</summary>
    public async Task<ScheduleView> ResetScheduleAsync(string name, CancellationToken cancel = default)
    {
        using var response = await http.DeleteAsync(Path(name), cancel);
        return await ReadAsync<ScheduleView>(response, cancel);
    }

    /// <summary>Runs a job at once.</summary>
    /// <exception cref="UnderstudyException">409: it runs already.</exception>
    public Task<ScheduleView> RunScheduleAsync(string name, CancellationToken cancel = default) => PostAsync(name, "run", cancel);

    /// <summary>Stops a job's run.</summary>
    /// <exception cref="UnderstudyException">409: there is none.</exception>
    public Task<ScheduleView> StopScheduleAsync(string name, CancellationToken cancel = default) => PostAsync(name, "stop", cancel);

    private async Task<ScheduleView> PostAsync(string name, string verb, CancellationToken cancel)
    {
        using var response = await http.PostAsync($"{Path(name)}/{verb}", null, cancel);
        return await ReadAsync<ScheduleView>(response, cancel);
    }

    private static string Path(string schedule) => $"api/v1/schedules/{Uri.EscapeDataString(schedule)}";
}
