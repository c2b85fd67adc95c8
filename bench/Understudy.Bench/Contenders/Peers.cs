namespace Understudy.Bench.Contenders;

internal static class Peers
{
    /// <summary>Those of the tools that are installed, in the order of the report.</summary>
    public static IEnumerable<IContender> Of(PeerContext context)
    {
        IContender[] all =
        [
            new Cp(context),
            new Curl(context, parallel: false),
            new Curl(context, parallel: true),
            new Rclone(context, eight: false),
            new Rclone(context, eight: true),
            new AwsCli(context),
            new S5cmd(context, eight: false),
            new S5cmd(context, eight: true),
        ];
        return all.Where(c => context.Tools.ContainsKey(c.Tool));
    }
}
