using Understudy.Copying.Store;

namespace Understudy.Scavenging.Reconciling;

/// <summary>Something in the store that isn't a folder, as it was when its folder was read.</summary>
/// <param name="Entry">Null: nobody can say, for its name is no text, or its folder may not be searched.</param>
/// <param name="Fraction">How much of the store lies before it, by the names of the folders above; 0 to 1.</param>
internal readonly record struct Found(string Path, Entry? Entry, double Fraction);
