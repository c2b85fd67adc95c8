using Understudy.Copying.Store;

namespace Understudy.Scavenging.CacheFolders;

/// <summary>The names of a folder up to the first error: a folder that can't be read further doesn't end the walk.</summary>
internal sealed class Listing(Folder folder) : IDisposable
{
    private IEnumerator<string>? _names;

    public string? Fault { get; private set; }

    public string? Next()
    {
        try
        {
            _names ??= folder.EachName().GetEnumerator();
            return _names.MoveNext() ? _names.Current : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = $"list '{folder.Path}' failed: {e.Message}";
            return null;
        }
    }

    public void Dispose() => _names?.Dispose();
}
