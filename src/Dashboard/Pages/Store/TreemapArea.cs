namespace Understudy.Dashboard.Pages.Store;

/// <param name="Figures">Beside the name, for those who want to know it exactly.</param>
/// <param name="Address">Where it leads.</param>
public sealed record TreemapArea(string Name, string Figures, long Size, string Address);
