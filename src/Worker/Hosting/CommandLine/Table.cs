namespace Understudy.Hosting.CommandLine;

/// <summary>Plain columns. On a terminal the widest column gives way until a line fits; in a pipe nothing is cut.</summary>
internal sealed class Table(params string[] headings)
{
    private const string Gap = "  ";
    private const int Narrowest = 8;

    private readonly List<string[]> _rows = [headings];

    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(c => OneLine(c ?? ""))]);

    public void Write(TextWriter output, int? width)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(i => _rows.Max(r => r[i].Length)).ToArray();
        while (width is { } columns && widths.Sum() + Gap.Length * (widths.Length - 1) > columns && widths.Max() > Narrowest)
            widths[Array.IndexOf(widths, widths.Max())]--;
        foreach (var row in _rows)
            output.WriteLine(string.Join(Gap, row.Select((cell, i) => Fit(cell, widths[i]))).TrimEnd());
    }

    private static string Fit(string cell, int width) => cell.Length <= width ? cell.PadRight(width) : cell[..(width - 1)] + "…";

    /// <summary>Reasons come from elsewhere: a line break or an escape sequence in one must not reach the terminal.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
