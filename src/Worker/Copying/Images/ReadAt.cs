namespace Understudy.Copying.Images;

/// <summary>Fills the buffer from an offset: how many bytes it got, perhaps fewer than asked, and 0 at the end.</summary>
internal delegate int ReadAt(long offset, Span<byte> buffer);
