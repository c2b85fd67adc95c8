using Understudy.Integration.Tests.TestKit;
using Understudy.Warming.Planning;
using Understudy.Warming.Verification;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.Warming;

/// <summary>What a real image server answers, and whether it counts as good.</summary>
public sealed class IipServerTests(RealJp2 jp2s) : IAsyncLifetime
{
    private const string Tiled = "-n 5 -t 256,256 -r 10";
    private static readonly PixelSize Size = new(900, 700);

    private readonly TempFolder _images = new();
    private readonly HttpClient _http = new();
    private IipServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        Put("2/5/a picture.jp2", Jp2(Size));
        _server = await IipServer.StartAsync(_images.Path, processes: 2);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _images.Dispose();
    }

    [Theory]
    [InlineData("full", "225,", 225, 175)]
    [InlineData("full", "full", 900, 700)]
    [InlineData("0,0,256,256", "256,", 256, 256)]
    [InlineData("768,512,132,188", "132,", 132, 188)]
    [InlineData("0,0,900,700", "113,", 113, 88)]
    [InlineData("512,512,388,188", "194,94", 194, 94)]
    public async Task Tile_of_a_whole_jp2_is_a_good_image(string region, string size, int width, int height)
    {
        var request = new ImageRequest(region, size, "jpg", 0, Size, new PixelSize(width, height));

        Assert.Null(GoodImage.Check(request, await _http.AskAsync(_server.UrlOf("2/5/a picture.jp2", request.Path))));
    }

    [Fact]
    public async Task Info_of_a_whole_jp2_is_a_good_info() =>
        Assert.Null(GoodInfo.Check(Size, await InfoAsync("2/5/a picture.jp2")));

    [Fact]
    public async Task Missing_file_is_not_found_and_the_reason_says_what_the_server_says()
    {
        var bad = GoodImage.Check(Tile, await _http.AskAsync(_server.UrlOf("nothing.jp2", Tile.Path)));

        Assert.Equal(Flaw.NotFound, bad?.Flaw);
        Assert.Contains("nothing.jp2", bad?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truncated_jp2_has_a_good_info_but_its_tile_is_text_with_status_200()
    {
        var whole = Jp2(Size);
        Put("cut.jp2", whole[..(whole.Length / 2)]);

        Assert.Null(GoodInfo.Check(Size, await InfoAsync("cut.jp2")));
        var answer = await _http.AskAsync(_server.UrlOf("cut.jp2", Tile.Path));
        var bad = GoodImage.Check(Tile, answer);

        Assert.Equal((200, "image/jpeg"), (answer.Status, answer.MediaType));
        Assert.Equal(Flaw.NotAnImage, bad?.Flaw);
        Assert.Contains("\"Status: 404 Not Found\" 0D0A \"Server: iipsrv", bad?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaced_jp2_keeps_its_old_info_until_the_caches_are_emptied()
    {
        await using var server = await IipServer.StartAsync(_images.Path);
        var (before, after) = (new PixelSize(520, 300), new PixelSize(300, 520));
        Put("changing.jp2", Jp2(before));
        Assert.Null(GoodInfo.Check(before, await _http.AskAsync(server.UrlOf("changing.jp2", "info.json"))));

        Put("changing.jp2", Jp2(after), age: TimeSpan.FromSeconds(-10));
        var stale = GoodInfo.Check(after, await _http.AskAsync(server.UrlOf("changing.jp2", "info.json")));
        Assert.Equal(new BadAnswer(Flaw.WrongSize, "wanted width and height 300x520, got 520x300, which is swapped"), stale);

        server.EmptyCaches();
        await Eventually.TrueAsync(async () => GoodInfo.Check(after, await _http.AskAsync(server.UrlOf("changing.jp2", "info.json"))) is null, "a fresh info.json");
    }

    [Fact]
    public async Task Server_ends_with_the_test_and_says_what_it_did()
    {
        var server = await IipServer.StartAsync(_images.Path + "/");
        var pid = Assert.Single(server.ProcessIds);
        Assert.True(Directory.Exists($"/proc/{pid}"));
        await _http.AskAsync(server.UrlOf("2/5/a picture.jp2", "full/225,/0/default.jpg"));

        Assert.Contains("picture.jp2/full/225,/0/default.jpg", server.Log, StringComparison.Ordinal);
        await server.DisposeAsync();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{pid}"), "ended");
    }

    // The lower right corner, whose code-blocks come last in the file.
    private static ImageRequest Tile => new("768,512,132,188", "132,", "jpg", 0, new PixelSize(132, 188), new PixelSize(132, 188));

    private byte[] Jp2(PixelSize size) => jp2s.Make(size.Width, size.Height, Tiled);

    private Task<ServerAnswer> InfoAsync(string identifier) => _http.AskAsync(_server.UrlOf(identifier, "info.json"));

    private void Put(string identifier, byte[] bytes, TimeSpan age = default)
    {
        var path = Path.Combine(_images.Path, identifier);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow - age);
    }
}
