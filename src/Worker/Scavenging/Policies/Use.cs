namespace Understudy.Scavenging.Policies;

/// <summary>Somebody wants an asset's file.</summary>
/// <param name="Index">The how manieth use it is, from 0.</param>
/// <param name="At">Seconds since 1970, or since whatever a trace counts from.</param>
/// <param name="Asset">A small number for each asset, from 0.</param>
/// <param name="Bytes">The asset's size: the same at each of its uses.</param>
internal readonly record struct Use(long Index, double At, int Asset, long Bytes);
