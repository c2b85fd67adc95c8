namespace Understudy.Copying.Images;

/// <summary>
/// A stretch of the file that reads must stay inside, such as one box. The regions of a file share one <see cref="Window"/>.
/// Here and in the checks, a method that returns <c>string?</c> returns the first fault as a sentence, or null.
/// </summary>
internal sealed class Region
{
    private readonly Window _window;
    private readonly string _name;

    private Region(Window window, long start, long end, string name) =>
        (_window, Start, End, _name) = (window, start, end, name);

    public static Region File(ReadAt read, long length) => new(new Window(read), 0, length, "file");

    public long Start { get; }

    public long End { get; }

    public bool IsFile => Start == 0;

    public Region Part(long start, long end, string name) => new(_window, start, end, name);

    /// <param name="bytes">Valid until the next read of any region of the same file.</param>
    public string? Read(long offset, int count, string what, out ReadOnlySpan<byte> bytes)
    {
        if (count <= End - offset)
            return _window.Read(offset, count, out bytes);
        bytes = default;
        return $"{what} at offset {offset} needs {count} bytes, but the {_name} ends at {End}";
    }
}
