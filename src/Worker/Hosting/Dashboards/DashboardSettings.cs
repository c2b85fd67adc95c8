using Understudy.Dashboard;
using Understudy.Hosting.Configuration;

namespace Understudy.Hosting.Dashboards;

/// <summary>The dashboard's options, checked as all sections are.</summary>
internal sealed class DashboardSettings : DashboardOptions, ICheckedOptions
{
    public IEnumerable<BrokenRule> Check() => Broken().Select(b => new BrokenRule(b.Key, b.Rule));
}
