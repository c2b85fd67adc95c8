using Spectre.Console;

namespace Understudy.Hosting.CommandLine;

/// <summary>A bar for a person who waits at a terminal; in a pipe there is nothing to see.</summary>
internal static class Progress
{
    /// <param name="total">What 100 % is; null where nobody knows.</param>
    /// <param name="work">Gets the function that says how much is done.</param>
    public static async Task<T> ShowAsync<T>(Terminal terminal, bool wanted, string what, double? total, Func<Action<double>, Task<T>> work)
    {
        if (terminal.Width is null || !wanted)
            return await work(_ => { });

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Output) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: total ?? 1);
                task.IsIndeterminate = total is null;
                return await work(done => task.Value = done);
            });
    }
}
