namespace Understudy.Catalogue;

/// <summary>The worker can't start. The message is one line that says what is wrong and what to do; a stack trace adds nothing to it.</summary>
internal sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
