using System.ComponentModel.DataAnnotations;
using Npgsql;
using Understudy.Hosting.Configuration;

namespace Understudy.Dlcs;

/// <summary>Section <c>Dlcs</c>: what is known of the DLCS whose assets these are. All of it may be left out.</summary>
internal sealed class DlcsOptions : ICheckedOptions
{
    public const string Section = "Dlcs";

    /// <summary>
    /// Npgsql connection string of DLCS's database, which is only read. Without it the end of an announced ingest is seen by the source's
    /// new version only: an ingest that fails, or brings the same bytes, is waited for until <see cref="IngestDeadline"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>
    /// How long after its announcement an ingest is waited for before the source is looked at as it is, 1 minute to 7 days. Too short:
    /// a long queue in DLCS has old bytes copied once more, and what follows is noticed only if DLCS says so. Too long: an ingest whose
    /// end can't be seen keeps its asset's plan open.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan IngestDeadline { get; set; } = TimeSpan.FromHours(2);

    public IEnumerable<BrokenRule> Check() =>
        Database is { Length: > 0 } && !IsConnectionString(Database)
            ? [new(nameof(Database), "must be an Npgsql connection string, such as Host=db;Database=protagonist;Username=understudy;Password=…")]
            : [];

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
