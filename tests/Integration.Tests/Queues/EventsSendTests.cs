using System.Diagnostics;
using System.Runtime.InteropServices;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Queues;

/// <summary><c>understudy events send --to …</c>, as a process of its own.</summary>
public sealed class EventsSendTests(PostgresServer postgres, FauxqsServer emulator)
{
    [Fact]
    public async Task Events_of_a_file_arrive_through_a_queue()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator);
        var events = string.Join('\n', Enumerable.Range(0, 205).Select(i => QueueWorld.Hit(AssetId.Parse($"2/5/{i}"))));

        var (code, said) = await SendAsync(events, "--to", "sqs", "--queue", world.Queue);

        Assert.Equal((0, "205 events sent"), (code, said));
        await world.EmptyAsync();
        Assert.Equal(205, await world.Worker.QueryAsync<long>("select count(*) from asset"));
    }

    [Fact]
    public async Task Events_of_a_file_arrive_through_a_topic_with_attributes()
    {
        await using var world = await QueueWorld.StartAsync(postgres, emulator, workers: 0);
        var (topic, heard) = await world.MakeListenedTopicAsync();

        var (code, _) = await SendAsync("""{"type":"AssetDeleted","id":"2/5/foo"}""", "--to", "sns", "--topic", topic);

        Assert.Equal(0, code);
        var message = Assert.Single(await world.Sqs.ReceiveAsync(heard, 10, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(("AssetDeleted", "2", "5"), (message.Attributes["messageType"], message.Attributes["customer"], message.Attributes["space"]));
    }

    [Fact]
    public async Task Missing_queue_is_told_and_the_exit_code_says_that_it_failed()
    {
        var (code, said) = await SendAsync("""{"type":"AssetDeleted","id":"2/5/foo"}""", "--to", "sqs", "--queue", "nowhere");

        Assert.Equal(1, code);
        Assert.Contains("0 events sent", said, StringComparison.Ordinal);
        Assert.Contains("QueueDoesNotExist", said, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said)> SendAsync(string events, params string[] options)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(Program).Assembly.Location, null), ["events", "send", "-", .. options])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"], start.Environment["AWS_REGION"], start.Environment["Aws__ServiceUrl"]) = ("test", "test", "us-east-1", emulator.ServiceUrl);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(events);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, $"{await output}{await error}".Trim());
    }
}
