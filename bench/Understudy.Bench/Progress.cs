namespace Understudy.Bench;

/// <summary>Tells whoever waits how far it is; the report itself goes elsewhere.</summary>
internal static class Progress
{
    public static void Say(string what) => Console.Error.WriteLine($"bench: {what}");
}
