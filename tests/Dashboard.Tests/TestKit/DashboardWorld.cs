using System.Net.Http.Headers;
using Understudy.Contracts;
using Understudy.Integration.Tests.TestKit;
using Understudy.Integration.Tests.Warming;

namespace Understudy.Dashboard.Tests.TestKit;

/// <summary>A worker with a key a role, an image server that misbehaves on demand, and a browser. All tests share it, each with assets of its own.</summary>
public sealed class DashboardWorld(PostgresServer postgres) : IAsyncLifetime
{
    public const string ReadKey = "reader-0123456789abcdef";
    public const string PublishKey = "publisher-0123456789abcdef";
    public const string ProxyKey = "proxy-0123456789abcdef";
    public const string OperateKey = "operator-0123456789abcdef";

    public static readonly string[] Keys =
    [
        "Api:Keys:0:Name=rita", $"Api:Keys:0:Key={ReadKey}", "Api:Keys:0:Role=Read",
        "Api:Keys:1:Name=paul", $"Api:Keys:1:Key={PublishKey}", "Api:Keys:1:Role=Publish",
        "Api:Keys:2:Name=olga", $"Api:Keys:2:Key={OperateKey}", "Api:Keys:2:Role=Operate",
        "Api:Keys:3:Name=proxy", $"Api:Keys:3:Key={ProxyKey}", "Api:Keys:3:Role=Operate", "Api:Keys:3:ActsForOthers=true",
    ];

    private static int _spaces;
    private readonly Dictionary<string, string> _cookies = [];
    private HttpClient _http = null!;

    internal PostgresServer Postgres => postgres;

    internal FakeWarmingWorld Images { get; private set; } = null!;

    internal Browser Browser { get; private set; } = null!;

    internal Uri Address => Images.Worker.Address;

    /// <summary>As the operator.</summary>
    internal UnderstudyClient Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var browser = Browser.StartAsync();
        Images = await FakeWarmingWorld.StartAsync(postgres, settings:
        [
            "Dashboard:Enabled=true", .. Keys, "Cantaloupe:Tiles:ApiUser=admin", "Cantaloupe:Tiles:ApiSecret=secret", "Cantaloupe:SettleTime=00:00:00.100", "Warming:Versions=3",
        ]);
        _http = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", OperateKey) } };
        Api = new UnderstudyClient(_http);
        Browser = await browser;
    }

    /// <summary>An asset in a space of its own, whose source is there and not told to the worker.</summary>
    internal AssetId NewAsset(string name = "foo", int bytes = FakeWarmingWorld.Small)
    {
        var id = AssetId.Parse($"3/{Interlocked.Increment(ref _spaces)}/{name}");
        Images.Put(id, Understudy.Worker.Tests.TestKit.SyntheticJp2.Bytes(bytes, id.Space));
        return id;
    }

    /// <summary>Such an asset with its copy.</summary>
    internal async Task<AssetId> PresentAsync(string name = "foo")
    {
        var id = NewAsset(name);
        await IngestAsync(id);
        await SettledAsync(id);
        return id;
    }

    internal Task IngestAsync(AssetId id) => Api.SendAsync([new AssetIngested { Id = id, Source = SourceOf(id) }]);

    internal static string SourceOf(AssetId id) => Understudy.Integration.Tests.Copying.CopyWorld.Uri(id.ToString());

    internal Task<AssetView> SettledAsync(AssetId id) => SeenAsync(id, v => v.Plan is null or { DeadAt: not null }, "settled");

    internal async Task<AssetView> SeenAsync(AssetId id, Func<AssetView, bool> condition, string what)
    {
        AssetView? view = null;
        await Eventually.TrueAsync(async () => (view = await Api.FindAsync(id)) is not null && condition(view), $"{what}: {id}");
        return view!;
    }

    /// <summary>A window, signed in.</summary>
    internal async Task<BrowserWindow> OpenAsync(string? key = OperateKey, int width = 1280, bool isDark = false, bool hasScript = true, string? timeZone = null)
    {
        if (key is not null && !_cookies.ContainsKey(key))
        {
            await using var first = await Browser.OpenAsync(Address);
            await first.SignInAsync(key);
            _cookies[key] = await first.Context.StorageStateAsync();
        }

        return await Browser.OpenAsync(Address, width, isDark, hasScript, timeZone, key is null ? null : _cookies[key]);
    }

    internal static string PathOf(AssetId id) => $"/assets/{id.Customer}/{id.Space}/{Uri.EscapeDataString(id.Asset)}";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Browser.DisposeAsync();
        await Images.DisposeAsync();
    }
}

[CollectionDefinition(nameof(DashboardWorld))]
public sealed class DashboardCollection : ICollectionFixture<DashboardWorld>;
