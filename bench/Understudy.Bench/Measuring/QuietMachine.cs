using System.Globalization;

namespace Understudy.Bench.Measuring;

/// <summary>Waits for the rest of the machine to be idle, for a while.</summary>
internal sealed class QuietMachine(TimeSpan patience)
{
    private const double BusyShare = 0.1;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public int Waits { get; private set; }

    /// <summary>How many of <see cref="Waits"/> were in vain, so that the run began beside something else.</summary>
    public int Disturbed { get; private set; }

    public async Task WaitAsync(CancellationToken cancel)
    {
        Waits++;
        for (var waited = TimeSpan.Zero; waited < patience; waited += Look)
        {
            var before = Times();
            await Task.Delay(Look, TimeProvider.System, cancel);
            var after = Times();
            if (after.Busy - before.Busy <= BusyShare * (after.All - before.All))
                return;
        }

        Disturbed++;
    }

    private static (long Busy, long All) Times()
    {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest is in user already.
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(8).Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return (times.Sum() - times[3] - times[4], times.Sum());
    }
}
