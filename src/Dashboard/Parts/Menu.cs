namespace Understudy.Dashboard.Parts;

/// <summary>What stands in the menu, in its order.</summary>
internal static class Menu
{
    public const string Overview = "Overview";
    public const string Assets = "Assets";
    public const string Plans = "Plans";
    public const string Purges = "Purges";
    public const string Store = "Store";
    public const string Schedules = "Schedules";
    public const string Workers = "Workers";
    public const string Queues = "Queues";
    public const string Warmings = "Warmings";
    public const string Configuration = "Configuration";

    public static readonly IReadOnlyList<(string Name, string Path)> Items =
    [
        (Overview, "/"),
        (Assets, "/assets"),
        (Plans, "/plans"),
        (Purges, "/purges"),
        (Store, "/store"),
        (Schedules, "/schedules"),
        (Workers, "/workers"),
        (Queues, "/queues"),
        (Warmings, "/warmings"),
        (Configuration, "/configuration"),
    ];
}
