using System.Security.Cryptography;
using System.Text;

namespace Understudy.Api.Keys;

/// <summary>Knows keys by their SHA-256, so that a comparison takes the same time however much of a key is right.</summary>
internal sealed class KeyRing(ApiOptions options)
{
    private readonly (byte[] Hash, ApiKey Key)[] _keys = [.. options.Keys.Select(k => (Hash(k.Key), k))];

    /// <summary>No keys: the API is open, to this machine.</summary>
    public bool IsEmpty => _keys.Length == 0;

    public ApiKey? Find(string presented)
    {
        var hash = Hash(presented);
        ApiKey? found = null;
        // Every key is compared, also after a hit: the time says nothing about which one it was.
        foreach (var (candidate, key) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, candidate))
                found = key;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
