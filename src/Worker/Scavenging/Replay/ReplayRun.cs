using Understudy.Hosting;
using Understudy.Hosting.CommandLine;

namespace Understudy.Scavenging.Replay;

/// <summary>Recorded uses, through every policy and several store sizes: what would 2 TB more buy?</summary>
internal static class ReplayRun
{
    /// <summary>Of the footprint, where no sizes are given.</summary>
    private static readonly double[] Shares = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

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
                return Complain(terminal, $"{arguments.File}: there is no use in it", ExitCode.Usage);

            ByteSize[] sizes = [.. arguments.Sizes.Count > 0 ? arguments.Sizes : Shares.Select(s => new ByteSize((long)(survey.Footprint * s)))];
            var (policies, withBound) = KnownPolicies.Create(arguments.Policies, survey, arguments.Grace);
            var figures = Replaying.Run(
                trace, survey, policies, withBound, [.. sizes.Select(s => s.Bytes)], arguments.Low, read => progress.Show("replaying", read, trace.Share), cancel);
            progress.Clear();
            ReplayReport.Write(survey, figures, arguments, terminal);
            if (arguments.Plot is { } plot)
                File.WriteAllText(plot, ReplayChart.Draw(survey, figures));
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

    private static int Complain(Terminal terminal, string what, int code)
    {
        terminal.Error.WriteLine(Table.OneLine(what));
        return code;
    }
}
