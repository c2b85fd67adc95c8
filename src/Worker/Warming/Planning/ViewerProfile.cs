namespace Understudy.Warming.Planning;

/// <summary>Which of OpenSeadragon's ways of writing a tile's URL a viewer has. Image servers cache each form apart.</summary>
internal enum ViewerProfile
{
    /// <summary>OpenSeadragon up to 3.1: Mirador 3.</summary>
    A,

    /// <summary>4.0 to 5.0.1: Mirador 4, Clover 3.</summary>
    B,

    /// <summary>From 6: Universal Viewer 4.4.</summary>
    C,
}
