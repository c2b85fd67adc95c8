using Understudy.Hosting.CommandLine;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Api;

/// <summary><c>understudy schedules</c> against a whole worker.</summary>
public sealed class SchedulesVerbTests(PostgresServer postgres)
{
    [Fact]
    public async Task Jobs_are_listed_run_changed_and_reset()
    {
        await using var world = await CopyWorld.StartAsync(postgres, "Schedules:retention=0 4 * * *");
        Assert.Matches(@"^NAME +CRON +ZONE +FROM +NEXT +NOW +LAST +TOOK +WHAT IT DOES\n(?:.+\n)*retention +0 4 \* \* \* +UTC +configuration +\d{4}-\d\d-\d\d 04:00:00Z +Deletes history", await DoneAsync(world));

        Assert.Matches("^retention: done after 00:00:0\\d. deleted what was before .*\n$", await DoneAsync(world, "run", "retention", "--wait"));
        Assert.Matches("^RUN +DUE .*\n1 .* done .*local +deleted what was", await DoneAsync(world, "runs", "retention"));
        Assert.Matches(@"retention +30 2 \* \* 1-5 +Europe/Berlin +api +\d{4}-", await DoneAsync(world, "set", "retention", "--cron", "30 2 * * 1-5", "--zone", "Europe/Berlin"));
        Assert.Matches(@"retention +30 2 \* \* 1-5 +Europe/Berlin +api +off ", await DoneAsync(world, "disable", "retention"));
        Assert.Matches(@"retention +30 2 \* \* 1-5 +Europe/Berlin +api +\d{4}-", await DoneAsync(world, "enable", "retention"));
        Assert.Contains("\"source\":\"configuration\"", await DoneAsync(world, "reset", "retention", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_the_exit_code_tells()
    {
        await using var world = await CopyWorld.StartAsync(postgres);

        Assert.Equal((ExitCode.Failed, "", "there is no job 'retentio'; did you mean 'retention'?\n"), await RunAsync(world, "run", "retentio"));
        Assert.Equal((ExitCode.Failed, "", "retention isn't running\n"), await RunAsync(world, "stop", "retention"));
        Assert.Equal(ExitCode.Usage, (await RunAsync(world, "set", "retention")).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync(world, "run")).Code);
    }

    private static async Task<string> DoneAsync(CopyWorld world, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(world, arguments);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        return output;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(CopyWorld world, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, () => Stream.Null, null, name => name == "UNDERSTUDY_URL" ? world.Worker.Address.ToString() : null);
        var code = await UnderstudyCommand.RunAsync(["schedules", .. arguments], terminal, TimeProvider.System, new LocalActions(_ => Task.FromResult(0), (_, _, _) => 0, null, null), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
