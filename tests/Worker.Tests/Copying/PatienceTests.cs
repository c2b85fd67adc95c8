using Microsoft.Extensions.Time.Testing;
using Understudy.Copying;

namespace Understudy.Worker.Tests.Copying;

public sealed class PatienceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly Patience _patience;

    public PatienceTests() => _patience = new Patience(TimeSpan.FromSeconds(10), _time, _caller.Token);

    [Fact]
    public void Patience_is_over_after_its_time()
    {
        Advance(9.9);
        Assert.False(_patience.Token.IsCancellationRequested);
        Advance(0.1);
        Assert.True(_patience.IsOver);
    }

    [Fact]
    public void Patience_that_is_paused_lasts()
    {
        Advance(6);
        _patience.Pause();
        Advance(100);
        Assert.False(_patience.IsOver);

        _patience.Resume();
        Advance(3.9);
        Assert.False(_patience.IsOver);
        Advance(0.1);
        Assert.True(_patience.IsOver);
    }

    [Fact]
    public void Patience_starts_anew_with_a_sign_of_life()
    {
        Advance(9);
        _patience.Pause();
        _patience.Renew();
        _patience.Resume();
        Advance(9.9);
        Assert.False(_patience.IsOver);
        Advance(0.1);
        Assert.True(_patience.IsOver);
    }

    [Fact]
    public void Callers_own_cancellation_is_no_impatience()
    {
        _caller.Cancel();
        Assert.True(_patience.Token.IsCancellationRequested);
        Advance(20);
        Assert.False(_patience.IsOver);
    }

    public void Dispose()
    {
        _patience.Dispose();
        _caller.Dispose();
    }

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
