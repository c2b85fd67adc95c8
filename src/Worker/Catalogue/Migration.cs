using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Understudy.Catalogue;

/// <summary>One numbered step of the schema. Once a database has it, it must never change: the checksum says so.</summary>
internal sealed record Migration(int Version, string Name, string Text)
{
    private const string Prefix = "Catalogue.Migrations.";

    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"))));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version:0000}_{Name}");

    /// <summary><c>Catalogue/Migrations/NNNN_name.sql</c>, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } =
        [.. typeof(Migration).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => Parse(n[Prefix.Length..], Sql.Named(n)))];

    /// <param name="fileName">Without its extension: <c>0001_catalogue</c>.</param>
    public static Migration Parse(string fileName, string text) =>
        fileName.Split('_', 2) is [{ Length: 4 } number, { Length: > 0 } name] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new(version, name, text)
            : throw new InvalidOperationException($"migration {fileName}.sql is not named NNNN_name.sql");
}
