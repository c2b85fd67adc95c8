namespace Understudy.Bench;

/// <summary>Something could not be measured; the message is for whoever reads the report.</summary>
internal sealed class BenchException(string message) : Exception(message);
