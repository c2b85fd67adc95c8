using System.Globalization;

namespace Understudy.Warming.Planning;

/// <summary>One level of the pyramid, and the requests for its tiles. Follows getNumTiles and getTileUrl of OpenSeadragon's IIIFTileSource.</summary>
internal sealed class PyramidLevel
{
    private readonly IiifImage _image;
    private readonly ViewerProfile _profile;
    private readonly string _format;
    private readonly int _level;
    private readonly long _scale;
    private readonly PixelSize _tile;
    private readonly PixelSize _size;
    private readonly IReadOnlyList<PyramidLevel> _above;

    // Smaller than a tile both ways: one request, of the whole image.
    private readonly bool _isWhole;

    // What a tile spans of the image at full resolution.
    private readonly long _stepX;
    private readonly long _stepY;

    // Another level has tiles of the same width or height in the image; only several entries of tiles make that.
    private readonly bool _sharesSteps;

    // Inner tiles, those of the last column, those of the last row, and the last: all have one of four sizes.
    private readonly (PixelSize Size, string Text)[] _texts = new (PixelSize, string)[4];

    public PyramidLevel(IiifImage image, ViewerProfile profile, int level, long scale, PixelSize tile, PixelSize? listed, IReadOnlyList<PyramidLevel> above)
    {
        (_image, _profile, _level, _scale, _tile) = (image, profile, level, scale, tile);
        _format = image.FormatFor(profile);
        _above = above;
        _size = listed ?? new((int)Ceiling(image.Width, scale), (int)Ceiling(image.Height, scale));
        _isWhole = _size.Width < tile.Width && _size.Height < tile.Height;
        (_stepX, _stepY) = _isWhole ? (image.Width, image.Height) : (tile.Width * scale, tile.Height * scale);
        _sharesSteps = !_isWhole && above.Any(l => !l._isWhole && (l._stepX == _stepX || l._stepY == _stepY));
        // A listed size may be larger than the level is; what would lie outside the image nobody can ask for.
        Columns = _isWhole ? 1 : Math.Min(Ceiling(_size.Width, tile.Width), Ceiling(image.Width, _stepX));
        Rows = _isWhole ? 1 : Math.Min(Ceiling(_size.Height, tile.Height), Ceiling(image.Height, _stepY));
    }

    public long Columns { get; }

    public long Rows { get; }

    /// <summary>Null where a level above asks for the same: an edge of one pixel stays one when it is halved.</summary>
    public ImageRequest? Request(long column, long row)
    {
        var tile = At(column, row);
        return (tile.IsCorner(_image) || _sharesSteps) && IsAskedForAbove(tile) ? null : new ImageRequest(
            tile.Covers(_image) ? "full" : Region(tile),
            Text(tile.Size),
            _format,
            _level,
            new(tile.Width, tile.Height),
            Output(tile));
    }

    private Tile At(long column, long row)
    {
        if (_isWhole)
            return new(0, 0, _image.Width, _image.Height, _size);
        var (x, y) = (column * _stepX, row * _stepY);
        var (width, height) = (Math.Min(_stepX, _image.Width - x), Math.Min(_stepY, _image.Height - y));
        var size = _profile == ViewerProfile.A
            ? new PixelSize((int)Ceiling(width, _scale), (int)Ceiling(height, _scale))
            : new PixelSize((int)Math.Min(_tile.Width, _size.Width - column * _tile.Width), (int)Math.Min(_tile.Height, _size.Height - row * _tile.Height));
        return new((int)x, (int)y, (int)width, (int)height, size);
    }

    private bool IsAskedForAbove(Tile tile)
    {
        foreach (var level in _above)
        {
            var (column, beyondX) = Math.DivRem(tile.X, level._stepX);
            var (row, beyondY) = Math.DivRem(tile.Y, level._stepY);
            if (beyondX == 0 && beyondY == 0 && column < level.Columns && row < level.Rows
                && level.At(column, row) is var other && tile.HasRegionOf(other) && level.Text(other.Size) == Text(tile.Size))
            {
                return true;
            }
        }

        return false;
    }

    private string Text(PixelSize size)
    {
        ref var known = ref _texts[(size.Width == _tile.Width ? 0 : 1) + (size.Height == _tile.Height ? 0 : 2)];
        if (known.Size != size)
            known = (size, Written(size));
        return known.Text;
    }

    private string Written(PixelSize size)
    {
        // Version 2 compares the width only.
        if (size.Width == _image.Width && (_image.Version == 2 || size.Height == _image.Height))
            return _image.Version == 2 ? "full" : "max";
        var isExact = _image.Version == 3 || (_profile == ViewerProfile.C && !_isWhole && !_image.IsLevel0);
        return isExact
            ? string.Create(CultureInfo.InvariantCulture, $"{size.Width},{size.Height}")
            : string.Create(CultureInfo.InvariantCulture, $"{size.Width},");
    }

    private PixelSize Output(Tile tile) => Text(tile.Size) switch
    {
        "full" or "max" => _image.Limited(new(tile.Width, tile.Height)),
        [.., ','] => ScaledTo.Width(new(tile.Width, tile.Height), tile.Size.Width),
        _ => tile.Size,
    };

    private static string Region(Tile tile)
    {
        Span<char> text = stackalloc char[4 * 11];
        var length = 0;
        foreach (var number in (ReadOnlySpan<int>)[tile.X, tile.Y, tile.Width, tile.Height])
        {
            if (length > 0)
                text[length++] = ',';
            number.TryFormat(text[length..], out var digits, provider: CultureInfo.InvariantCulture);
            length += digits;
        }

        return new(text[..length]);
    }

    private static long Ceiling(long number, long divisor) => (number + divisor - 1) / divisor;

    private readonly record struct Tile(int X, int Y, int Width, int Height, PixelSize Size)
    {
        public bool Covers(IiifImage image) => Width == image.Width && Height == image.Height;

        public bool IsCorner(IiifImage image) => X + Width == image.Width && Y + Height == image.Height;

        public bool HasRegionOf(Tile other) => X == other.X && Y == other.Y && Width == other.Width && Height == other.Height;
    }
}
