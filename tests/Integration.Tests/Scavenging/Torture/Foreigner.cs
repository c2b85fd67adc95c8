using System.Diagnostics;

namespace Understudy.Integration.Tests.Scavenging.Torture;

/// <summary>Somebody else on the same disk: fills it up now and then, with bytes or with names, and goes again.</summary>
internal sealed class Foreigner(string folder, int seed)
{
    private readonly Random _random = new(seed);
    private long _changedAt = Stopwatch.GetTimestamp();

    /// <summary>When it last took something or gave it back, by the stopwatch.</summary>
    public long ChangedAt => Interlocked.Read(ref _changedAt);

    public int Visits { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (; !stop.IsCancellationRequested; Visits++)
        {
            await Task.Delay(_random.Next(200, 2500), CancellationToken.None);
            if (_random.Next(4) == 0)
                TakeNames();
            else
                await TakeBytesAsync(_random.NextInt64(TortureSettings.Disk / 2, TortureSettings.Disk + 1));
            await Task.Delay(_random.Next(500, 4000), CancellationToken.None);
            foreach (var file in Directory.EnumerateFiles(folder))
                File.Delete(file);
            Changed();
        }
    }

    /// <summary>Until there is no more, if need be.</summary>
    private async Task TakeBytesAsync(long bytes)
    {
        var chunk = new byte[128 << 10];
        try
        {
            await using var file = new FileStream(Path.Combine(folder, "bytes"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            while (file.Length < bytes)
            {
                Changed();
                file.Write(chunk);
                Changed();
                if (_random.Next(8) == 0)
                    await Task.Delay(_random.Next(60), CancellationToken.None);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private void TakeNames()
    {
        try
        {
            for (var i = 0; ; i++)
            {
                Changed();
                File.WriteAllText(Path.Combine(folder, $"name-{i}"), "");
            }
        }
        catch (IOException)
        {
            // There are no more.
        }
    }

    private void Changed() => Interlocked.Exchange(ref _changedAt, Stopwatch.GetTimestamp());
}
