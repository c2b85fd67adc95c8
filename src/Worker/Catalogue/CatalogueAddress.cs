namespace Understudy.Catalogue;

/// <summary>Where the catalogue is, password included: a data source doesn't hand that out again.</summary>
internal sealed record CatalogueAddress(string ConnectionString)
{
    /// <summary>Its key in <c>ConnectionStrings</c>.</summary>
    public const string Key = "Catalogue";
}
