using System.Globalization;
using Microsoft.AspNetCore.Http;
using Understudy.Contracts;
using Understudy.Dashboard.Parts;

namespace Understudy.Dashboard.Pages.Warmings;

/// <summary>What stands in the form.</summary>
public sealed record WarmingEntry(string Customer = "", string Space = "", string Rate = "", bool OnlyCold = true, Refusal? Refusal = null)
{
    // As the API calls them.
    public const string CustomerField = "customer";
    public const string SpaceField = "space";
    public const string RateField = "rate";

    public static WarmingEntry Of(IFormCollection form) =>
        new($"{form[CustomerField]}".Trim(), $"{form[SpaceField]}".Trim(), $"{form[RateField]}".Trim(), form["onlyCold"].Count > 0);

    /// <summary>What numbers they are; what else may be wrong with them is for the API to say.</summary>
    public WarmingRequest? Request(out Refusal? wrong)
    {
        int customer = 0, space = 0;
        double rate = 0;
        wrong = Customer.Length == 0 ? new(CustomerField, "say whose copies")
            : !int.TryParse(Customer, NumberStyles.None, CultureInfo.InvariantCulture, out customer) ? NoNumber(CustomerField, Customer)
            : Space.Length > 0 && !int.TryParse(Space, NumberStyles.None, CultureInfo.InvariantCulture, out space) ? NoNumber(SpaceField, Space)
            : Rate.Length > 0 && !double.TryParse(Rate, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) ? new(RateField, $"rate is '{Rate}'; it must be a number")
            : null;
        return wrong is null ? new WarmingRequest(customer, Space.Length > 0 ? space : null, OnlyCold: OnlyCold, Rate: Rate.Length > 0 ? rate : null) : null;
    }

    private static Refusal NoNumber(string field, string value) => new(field, $"{field} is '{value}'; it must be a whole number from 0 up");
}
