using Understudy.Contracts;

namespace Understudy.Schedules;

/// <summary>When a job runs, all things considered.</summary>
internal sealed record Timing(Cron Cron, bool Enabled, ScheduleSource Source);
