using Understudy.Contracts;

namespace Understudy.Dashboard.Pages.Plans;

/// <summary>What can become of dead plans, in words and addresses.</summary>
internal static class PlanActs
{
    public static string Verb(PlanAct act) => act == PlanAct.Retry ? "retry" : "drop";

    public static string Done(PlanAct act) => act == PlanAct.Retry ? "retried" : "dropped";

    public static string Heading(PlanAct act) => act == PlanAct.Retry ? "Retry" : "Drop";

    public static string Path(PlanAct act) => $"/plans/{Verb(act)}";

    public static string PathOf(Guid action) => $"/plans/actions/{action}";
}
