using System.CommandLine;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy schedules [run|stop|set|enable|disable|reset|runs NAME]</c></summary>
internal static class SchedulesVerb
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static Command Create(ClientVerb client, TimeProvider time)
    {
        var verb = new Verb("schedules", "Shows the jobs: when they run, and what came of it; its verbs run and change them.",
            "understudy schedules",
            "understudy schedules run retention --wait",
            "understudy schedules set retention --cron '30 2 * * 1-5' --zone Europe/Berlin",
            "understudy schedules disable retention");
        client.Wire(verb, async (call, cancel) =>
        {
            await WriteAsync(call, await call.Worker.SchedulesAsync(cancel));
            return ExitCode.Done;
        });
        verb.Subcommands.Add(CreateRun(client, time));
        verb.Subcommands.Add(Create(client, "stop", "Stops a run; the next one goes on from there.", (worker, name, cancel) => worker.StopScheduleAsync(name, cancel)));
        verb.Subcommands.Add(CreateSet(client));
        verb.Subcommands.Add(Create(client, "enable", "Has a job run by its times again.", (worker, name, cancel) => worker.SetScheduleAsync(name, new ScheduleChange(Enabled: true), cancel)));
        verb.Subcommands.Add(Create(client, "disable", "Has a job run only when it is asked for.", (worker, name, cancel) => worker.SetScheduleAsync(name, new ScheduleChange(Enabled: false), cancel)));
        verb.Subcommands.Add(Create(client, "reset", "Back to what is configured.", (worker, name, cancel) => worker.ResetScheduleAsync(name, cancel)));
        verb.Subcommands.Add(CreateRuns(client));
        return verb;
    }

    private static Argument<string> Name() => new("NAME") { Description = "a job, as 'understudy schedules' lists them" };

    private static Verb Create(ClientVerb client, string verb, string description, Func<UnderstudyClient, string, CancellationToken, Task<ScheduleView>> act)
    {
        var name = Name();
        return client.Wire(new Verb(verb, description, $"understudy schedules {verb} retention") { name }, async (call, cancel) =>
        {
            await WriteAsync(call, [await act(call.Worker, call.Parsed.GetRequiredValue(name), cancel)]);
            return ExitCode.Done;
        });
    }

    private static Verb CreateRun(ClientVerb client, TimeProvider time)
    {
        var name = Name();
        var wait = new Option<bool>("--wait") { Description = "stay until the run is over, with its progress; exit code 1 where it is not done" };
        return client.Wire(new Verb("run", "Runs a job at once.", "understudy schedules run retention --wait") { name, wait }, async (call, cancel) =>
        {
            var job = call.Parsed.GetRequiredValue(name);
            var asked = await call.Worker.RunScheduleAsync(job, cancel);
            if (!call.Parsed.GetValue(wait))
            {
                await WriteAsync(call, [asked]);
                return ExitCode.Done;
            }

            var after = await Progress.ShowAsync(call.Terminal, !call.Json, asked.Name, 1, progress => FollowAsync(call.Worker, asked, progress, time, cancel));
            if (call.Json)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(after, Wire.Json));
            else
                await call.Terminal.Output.WriteLineAsync($"{asked.Name}: {Outcome(after)} after {Time(after.Seconds)}{(after.Note is { } note ? $". {Table.OneLine(note)}" : "")}");
            return after.Outcome == RunOutcome.Done ? ExitCode.Done : ExitCode.Failed;
        });
    }

    /// <summary>Until a run is over that began after it was asked for. One that is cut short begins again at once.</summary>
    private static async Task<ScheduleRunView> FollowAsync(UnderstudyClient worker, ScheduleView asked, Action<double> progress, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            var now = (await worker.SchedulesAsync(cancel)).Single(s => s.Name == asked.Name);
            progress(now.Running?.Fraction ?? 0);
            if (now is { Wanted: false, Running: null, Last: { } last } && last.Id != asked.Last?.Id)
                return last;
            await Task.Delay(LookEvery, time, cancel);
        }
    }

    private static Verb CreateSet(ClientVerb client)
    {
        var name = Name();
        var cron = new Option<string?>("--cron") { HelpName = "CRON", Description = "minute, hour, day, month and weekday, as in crontab; in quotes" };
        var zone = new Option<string?>("--zone") { HelpName = "ZONE", Description = "whose clocks it means, such as Europe/Berlin" };
        var verb = new Verb("set", "Changes when a job runs, whatever is configured.", "understudy schedules set retention --cron '30 2 * * 1-5' --zone Europe/Berlin") { name, cron, zone };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(cron) is null && result.GetResult(zone) is null)
                result.AddError("say what to change: --cron, --zone");
        });
        return client.Wire(verb, async (call, cancel) =>
        {
            var change = new ScheduleChange(call.Parsed.GetValue(cron), call.Parsed.GetValue(zone));
            await WriteAsync(call, [await call.Worker.SetScheduleAsync(call.Parsed.GetRequiredValue(name), change, cancel)]);
            return ExitCode.Done;
        });
    }

    private static Verb CreateRuns(ClientVerb client)
    {
        var name = Name();
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "the newest so many", DefaultValueFactory = _ => 20 };
        return client.Wire(new Verb("runs", "Shows a job's runs, newest first.", "understudy schedules runs retention --limit 100") { name, limit }, async (call, cancel) =>
        {
            var table = new Table("RUN", "DUE", "BEGAN", "TOOK", "OUTCOME", "NODE", "BY", "NOTE");
            foreach (var run in (await call.Worker.ScheduleRunsAsync(call.Parsed.GetRequiredValue(name), limit: call.Parsed.GetValue(limit), cancel: cancel)).Items)
            {
                if (call.Json)
                    await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(run, Wire.Json));
                else
                    table.Add($"{run.Id}", AssetText.Time(run.DueAt), AssetText.Time(run.StartedAt), Time(run.Seconds), Outcome(run), run.Node, run.By ?? (run.Manual ? "by hand" : null), run.Note ?? run.Progress);
            }

            if (!call.Json)
                table.Write(call.Terminal.Output, call.Terminal.Width);
            return ExitCode.Done;
        });
    }

    private static async Task WriteAsync(Call call, IReadOnlyList<ScheduleView> schedules)
    {
        if (call.Json)
        {
            foreach (var schedule in schedules)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(schedule, Wire.Json));
            return;
        }

        var table = new Table("NAME", "CRON", "ZONE", "FROM", "NEXT", "NOW", "LAST", "TOOK", "WHAT IT DOES");
        foreach (var s in schedules)
        {
            table.Add(
                s.Name, s.Cron, s.TimeZone, s.Source.ToString().ToLowerInvariant(),
                s.Enabled ? s.Next is [var next, ..] ? AssetText.Time(next) : null : "off",
                s.Running is { } run ? $"running {Time(run.Seconds)}{(run.Fraction is { } part ? $", {part:P0}" : "")}" : s.Wanted ? "about to" : null,
                s.Last is { } last ? $"{Outcome(last)} {AssetText.Time(last.StartedAt)}" : null, s.Last is { } took ? Time(took.Seconds) : null, s.Description);
        }

        table.Write(call.Terminal.Output, call.Terminal.Width);
    }

    private static string Outcome(ScheduleRunView run) => run.Outcome switch
    {
        null => "running",
        RunOutcome.CutShort => "cut short",
        { } outcome => outcome.ToString().ToLowerInvariant(),
    };

    private static string Time(double seconds) => TimeSpan.FromSeconds(Math.Round(seconds)).ToString("c");
}
