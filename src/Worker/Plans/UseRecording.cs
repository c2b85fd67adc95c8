namespace Understudy.Plans;

/// <summary>Whether each use is written down for <c>understudy replay</c> (Scavenging:RecordUses), wherever the catalogue learns of one.</summary>
internal sealed record UseRecording(bool IsOn);
