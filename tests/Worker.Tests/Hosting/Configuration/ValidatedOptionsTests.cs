using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Understudy.Hosting;
using Understudy.Hosting.Configuration;

namespace Understudy.Worker.Tests.Hosting.Configuration;

public class ValidatedOptionsTests
{
    [Fact]
    public void Options_are_bound_and_injectable()
    {
        var (services, _) = Bind(out var storage, ("Storage:MaxBytes", "2 TiB"), ("storage:graceperiod", "00:30:00"), ("Storage:Roots:0", "/a"), ("Storage:Nodes:0:Name", "n1"));
        Assert.Equal(2L << 40, storage.MaxBytes!.Value.Bytes);
        Assert.Equal(TimeSpan.FromMinutes(30), storage.GracePeriod);
        Assert.Equal("n1", storage.Nodes[0].Name);
        var provider = services.BuildServiceProvider();
        Assert.Same(storage, provider.GetRequiredService<StorageOptions>());
        Assert.Same(storage, provider.GetRequiredService<IOptions<StorageOptions>>().Value);
    }

    [Fact]
    public void A_list_in_the_configuration_replaces_the_default_list()
    {
        Bind(out var storage, ("Storage:Roots:0", "/a"));
        Assert.Equal(["/a"], storage.Roots);
        Bind(out storage);
        Assert.Equal(["/default"], storage.Roots);
    }

    [Fact]
    public void An_empty_value_of_an_optional_key_means_none()
    {
        var (services, configuration) = Bind(out var storage, ("Storage:MaxBytes", ""), ("Storage:Low", null));
        Assert.Null(storage.MaxBytes);
        Assert.Equal(85, storage.Low);
        Assert.Empty(services.OptionsSections().Errors(configuration));
    }

    [Theory]
    [InlineData("Storage:GracePeriod", "5 parsecs", "Storage:GracePeriod is '5 parsecs'; it must be a time such as 00:20:00 (20 minutes) or 1.00:00:00 (a day)")]
    [InlineData("Storage:GracePeriod", "20", "Storage:GracePeriod is '20'; it must be a time such as 00:20:00 (20 minutes) or 1.00:00:00 (a day)")]
    [InlineData("Storage:MaxBytes", "lots", "Storage:MaxBytes is 'lots'; it must be a size such as 5 GiB, 500 MB or 1024 (bytes)")]
    [InlineData("Storage:MaxBytes", "1 KiB", "Storage:MaxBytes is '1 KiB'; it must be from 1 MiB to 1 EiB")]
    [InlineData("Storage:Low", "x", "Storage:Low is 'x'; it must be a whole number of at most 2147483647")]
    [InlineData("Storage:Low", "101", "Storage:Low is '101'; it must be from 1 to 100")]
    [InlineData("Storage:Low", "95", "Storage:Low is '95'; it must be below High (90)")]
    [InlineData("Storage:High", "80", "Storage:Low is '85' by default; it must be below High (80)")]
    [InlineData("Storage:Mode", "7", "Storage:Mode is '7'; it must be one of Fast, Safe")]
    [InlineData("Storage:Endpoint", "host", "Storage:Endpoint is 'host'; it must be an absolute URL such as http://host:8080")]
    [InlineData("Storage:Nodes:0:Port", "http", "Storage:Nodes:0:Port is 'http'; it must be a whole number of at most 2147483647")]
    [InlineData("Storage:Nodes:0:Port", "1", "Storage:Nodes:0:Name is not set; it must be set")]
    [InlineData("Storage:Nodes:0:Pot", "1", "Storage:Nodes:0:Pot is not a known key; did you mean Storage:Nodes:0:Port?")]
    [InlineData("Storage:Roots", "/a", "Storage:Roots is '/a'; it must be a list: Storage:Roots:0, Storage:Roots:1 …")]
    [InlineData("Storage:Low:High", "1", "Storage:Low:High is not a known key; Storage:Low is a single value")]
    [InlineData("Storage:MaxByte", "1 TiB", "Storage:MaxByte is not a known key; did you mean Storage:MaxBytes?")]
    [InlineData("Storage:Zebra", "1", "Storage:Zebra is not a known key; known here: Endpoint, GracePeriod, High, Low, MaxBytes, Mode, Nodes, Roots, Secret")]
    [InlineData("Storag:Low", "1", "Storag is not a known key; did you mean Storage?")]
    [InlineData("Storage:Secret", "hunter2", "Storage:Secret is '***'; it must be 8 to 64 characters long")]
    public void A_wrong_value_is_one_line_with_key_value_and_what_is_allowed(string key, string value, string line)
    {
        var (services, configuration) = Bind(out _, (key, value));
        Assert.Contains(line, services.OptionsSections().Errors(configuration));
    }

    [Fact]
    public void Errors_of_all_sections_come_at_once()
    {
        var configuration = Configuration(("Storage:Low", "x"), ("Storage:Mode", "y"), ("Other:High", "0"));
        var services = new ServiceCollection();
        services.AddValidatedOptions<StorageOptions>(configuration, "Storage");
        services.AddValidatedOptions<StorageOptions>(configuration, "Other");
        var refused = Assert.Throws<ConfigurationException>(() => services.OptionsSections().ThrowIfWrong(configuration));
        Assert.Equal(["Storage:Low", "Storage:Mode", "Other:High", "Other:Low"], refused.Errors.Select(e => e.Split(' ')[0]));
    }

    [Fact]
    public void Sections_of_the_framework_and_foreign_environment_variables_are_left_alone()
    {
        var (services, configuration) = Bind(out _, ("Logging:LogLevel:Default", "Debug"), ("Serilog:Using:0", "x"), ("PATH", "/bin"), ("KUBERNETES:SERVICE:HOST", "10.0.0.1"));
        Assert.Empty(services.OptionsSections().Errors(configuration));
    }

    [Fact]
    public void A_stranger_on_the_command_line_is_refused()
    {
        var configuration = new ConfigurationManager();
        configuration.AddCommandLine(["--Quark=1"]);
        var services = new ServiceCollection();
        services.AddValidatedOptions<StorageOptions>(configuration, "Storage");
        Assert.StartsWith("Quark is not a known key;", Assert.Single(services.OptionsSections().Errors(configuration)), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_a_section_bind_from_the_root()
    {
        var configuration = Configuration(("DataDirectory", "/d"), ("HOME", "/root"));
        var services = new ServiceCollection();
        Assert.Equal("/d", services.AddValidatedOptions<RootOptions>(configuration, "").DataDirectory);
        Assert.Empty(services.OptionsSections().Errors(configuration));
    }

    private static (IServiceCollection Services, IConfiguration Configuration) Bind(out StorageOptions storage, params (string Key, string? Value)[] values)
    {
        var services = new ServiceCollection();
        var configuration = Configuration(values);
        storage = services.AddValidatedOptions<StorageOptions>(configuration, "Storage");
        return (services, configuration);
    }

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, v.Value))).Build();

    private sealed class RootOptions
    {
        public string DataDirectory { get; set; } = "./data";
    }

    private sealed class StorageOptions : ICheckedOptions
    {
        [Range(typeof(ByteSize), "1 MiB", "1 EiB")]
        public ByteSize? MaxBytes { get; set; }

        public TimeSpan GracePeriod { get; set; } = TimeSpan.FromMinutes(20);

        [Range(1, 100)]
        public int High { get; set; } = 90;

        [Range(1, 100)]
        public int Low { get; set; } = 85;

        public Mode Mode { get; set; }

        public Uri? Endpoint { get; set; }

        public string[] Roots { get; set; } = ["/default"];

        public List<NodeOptions> Nodes { get; set; } = [];

        [StringLength(64, MinimumLength = 8)]
        public string? Secret { get; set; }

        public IEnumerable<BrokenRule> Check()
        {
            if (Low >= High)
                yield return new(nameof(Low), $"must be below High ({High})");
        }
    }

    private sealed class NodeOptions
    {
        [Required]
        public string Name { get; set; } = "";

        public int Port { get; set; } = 80;
    }

    private enum Mode
    {
        Fast,
        Safe,
    }
}
