using System.ComponentModel.DataAnnotations;

namespace Understudy.Catalogue;

/// <summary>Section <c>Catalogue</c>. Where the catalogue is, is <c>ConnectionStrings:Catalogue</c>; without it the worker runs a PostgreSQL of its own.</summary>
internal sealed class CatalogueOptions
{
    public const string Section = "Catalogue";

    /// <summary>Folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> for the private server. Without it the newest installed one is taken.</summary>
    public string? PostgresBinaries { get; set; }

    /// <summary>How long one statement may take. Too short: a batch of a thousand events on a busy server is cut off and tried again. Too long: a hung server is noticed late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for the server, its crash recovery included. Too short: a worker that was killed under load gives up instead of waiting.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
