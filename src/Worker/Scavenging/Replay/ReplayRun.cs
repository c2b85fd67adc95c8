using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.Replay;

/// <summary>Recorded uses, through every policy and several store sizes: what would 2 TB more buy?</summary>
internal static class ReplayRun
{
    /// <summary>Of the footprint, where no sizes are given.</summary>
    private static readonly double[] Shares = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

    /// <summary>Of what the store is now, where that is known.</summary>
    private static readonly double[] Around = [0.5, 0.75, 1, 1.25, 1.5, 2];

    /// <param name="showProgress">Whether a person looks at standard error.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(ReplayArguments arguments, Terminal terminal, bool showProgress, TimeProvider time, CancellationToken cancel)
    {
        var progress = new ReplayProgress(terminal.Error, showProgress, time);
        try
        {
            var trace = new TraceFile(arguments.File);
            var survey = Survey.Of(trace, read => progress.Show("looking at", read, trace.Share), cancel);
            if (survey.Uses == 0)
                return Complain(terminal, $"{arguments.File}: there is no use in it{(trace.Unsized > 0 ? $" but {trace.Unsized} of assets that never had a copy" : "")}", ExitCode.Usage);

            var sizes = Sizes(arguments, survey);
            var (policies, withBound) = KnownPolicies.Create(arguments.Policies, survey, arguments.Grace);
            var figures = Replaying.Run(
                trace, survey, policies, withBound, sizes, arguments.Low, read => progress.Show("replaying", read, trace.Share), cancel);
            progress.Clear();
            ReplayReport.Write(survey, trace.Unsized, figures, arguments, terminal);
            if (arguments.Plot is { } plot)
                File.WriteAllText(plot, ReplayChart.Draw(survey, figures, arguments.Present));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            progress.Clear();
            return Complain(terminal, e is FormatException ? $"{arguments.File}, {e.Message}" : e.Message, ExitCode.Usage);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            progress.Clear();
            return ExitCode.Interrupted;
        }
    }

    private static long[] Sizes(ReplayArguments arguments, Survey survey) => arguments switch
    {
        { Sizes.Count: 0, Present: null } => [.. Shares.Select(s => (long)(survey.Footprint * s))],
        { Sizes.Count: 0, Present.Bytes: var now } => [.. Around.Select(s => (long)(now * s))],
        { Present: null } => [.. arguments.Sizes.Select(s => s.Size.Bytes)],
        { Present.Bytes: var now } => [.. arguments.Sizes.Select(s => s.Of(now)).Append(now).Where(s => s > 0).Distinct().Order()],
    };

    private static int Complain(Terminal terminal, string what, int code)
    {
        terminal.Error.WriteLine(Table.OneLine(what));
        return code;
    }
}
