using Understudy.Hosting;
using Understudy.Hosting.CommandLine;
using Understudy.Hosting.Configuration;

return await UnderstudyCommand.RunAsync(args, Terminal.OfProcess(), TimeProvider.System, new LocalActions(
    Serve: settings => WorkerHost.RunAsync(settings, Add, Map),
    CheckConfiguration: (settings, terminal, json) => ConfigurationCheck.Run(settings, Add, terminal, json),
    CheckJp2: null));

static void Add(WebApplicationBuilder builder)
{
}

static void Map(WebApplication app)
{
}
