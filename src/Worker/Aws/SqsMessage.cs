namespace Understudy.Aws;

/// <summary>A message as SQS delivered it. The receipt belongs to this delivery.</summary>
/// <param name="Deliveries">How often it was delivered, this time included.</param>
internal sealed record SqsMessage(string Id, string Receipt, byte[] Body, IReadOnlyDictionary<string, string> Attributes, int Deliveries, DateTimeOffset? SentAt);

/// <summary>One entry of a batch that SQS didn't take, while it took others.</summary>
/// <param name="MayPass">false: the same entry would fail again.</param>
internal sealed record SqsEntryFailure(int Index, string Code, string Reason, bool MayPass);
