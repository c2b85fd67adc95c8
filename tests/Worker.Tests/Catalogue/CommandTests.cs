using Understudy.Catalogue.Private;

namespace Understudy.Worker.Tests.Catalogue;

public sealed class CommandTests
{
    [Fact]
    public async Task RunAsync_tells_what_the_program_said_and_how_it_ended()
    {
        var done = await Command.RunAsync("sh", ["-c", "echo out; echo first >&2; echo last >&2; exit 3"], user: null);

        Assert.Equal(new CommandResult(3, "out\n", "first\nlast\n"), done);
        Assert.Equal("last", done.Complaint);
    }

    [Fact]
    public async Task RunAsync_never_takes_a_program_from_the_working_directory()
    {
        // The test host's own folder is one of those that .NET looks in; the name is nowhere else.
        const string name = "understudy-no-such-program";
        var here = Path.Combine(AppContext.BaseDirectory, name);
        await File.WriteAllTextAsync(here, "#!/bin/sh\n");
        await Command.RunAsync("chmod", ["+x", here], user: null);
        try
        {
            Assert.False((await Command.RunAsync(name, [], user: null)).Succeeded);
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public async Task RunAsync_keeps_the_surroundings_of_another_server_away() =>
        Assert.Equal("", (await Command.RunAsync("sh", ["-c", "env | grep ^PG || true"], user: null)).Output);
}
