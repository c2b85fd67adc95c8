using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Understudy.Integration.Tests.Warming;

public sealed class WarmPlanTests
{
    // Millions of URLs.
    private const string Huge = """{"@context":"http://iiif.io/api/image/2/context.json","@id":"x","width":900000,"height":900000,"tiles":[{"width":512,"scaleFactors":[1,2,4,8]}]}""";

    [Fact]
    public async Task Reader_who_has_seen_enough_ends_it_without_a_complaint()
    {
        var (code, output, error) = await ShellAsync("""{ "$1" warm-plan --info - --profile B; echo $? >&2; } | head -n 2""", Huge);

        Assert.Equal("x/0,0,4096,4096/512,/0/default.jpg\nx/4096,0,4096,4096/512,/0/default.jpg\n", output);
        Assert.Equal((0, "0\n"), (code, error));
    }

    [Fact]
    public async Task File_that_is_written_by_others_as_well_keeps_what_they_wrote()
    {
        var (code, output, error) = await ShellAsync("""file=$(mktemp); { "$1" warm-plan --info - --profile B --max-requests 1; echo after; } >"$file"; cat "$file"; rm "$file" """, Huge);

        Assert.Equal((0, "x/0,0,4096,4096/512,/0/default.jpg\nafter\n", ""), (code, output, error));
    }

    private static async Task<(int Code, string Output, string Error)> ShellAsync(string script, string input)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, "sh", Path.Combine(AppContext.BaseDirectory, "understudy")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
