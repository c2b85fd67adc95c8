namespace Understudy.Worker.Tests.Copying.Store;

/// <summary>
/// Runs two protocols on two threads, of which one at a time moves, from one of its steps to the next, and takes every order in
/// which their steps can come. Deterministic: an order is a list of choices, and the next order changes the last one that can change.
/// </summary>
internal static class Interleavings
{
    /// <param name="play">Sets up a world; gives the two protocols, each calling its argument before every step, and a check for the end.</param>
    /// <returns>How many orders there were.</returns>
    public static int All(Func<(Action<Action> First, Action<Action> Second, Action<string> Check)> play)
    {
        var choices = new List<bool>();
        for (var runs = 1; ; runs++)
        {
            var taken = Run(choices, play());
            var last = taken.FindLastIndex(c => c is { Free: true, Second: false });
            if (last < 0)
                return runs;
            choices = [.. taken.Take(last).Select(c => c.Second), true];
        }
    }

    private static List<(bool Second, bool Free)> Run(
        List<bool> choices, (Action<Action> First, Action<Action> Second, Action<string> Check) world)
    {
        using var first = new Player(world.First);
        using var second = new Player(world.Second);
        var taken = new List<(bool Second, bool Free)>();
        while (!first.Done || !second.Done)
        {
            var free = !first.Done && !second.Done;
            var goSecond = free ? taken.Count < choices.Count && choices[taken.Count] : first.Done;
            taken.Add((goSecond, free));
            (goSecond ? second : first).Step();
        }

        first.Join();
        second.Join();
        world.Check(string.Concat(taken.Select(c => c.Second ? '2' : '1')));
        return taken;
    }

    private sealed class Player : IDisposable
    {
        private readonly SemaphoreSlim _go = new(0);
        private readonly SemaphoreSlim _stopped = new(0);
        private readonly Thread _thread;
        private Exception? _failure;

        public Player(Action<Action> protocol)
        {
            _thread = new Thread(() => Play(protocol)) { IsBackground = true };
            _thread.Start();
        }

        public bool Done { get; private set; }

        public void Step()
        {
            _go.Release();
            _stopped.Wait();
        }

        public void Join()
        {
            _thread.Join();
            if (_failure is not null)
                throw new InvalidOperationException("a protocol failed", _failure);
        }

        public void Dispose()
        {
            _go.Dispose();
            _stopped.Dispose();
        }

        private void Play(Action<Action> protocol)
        {
            _go.Wait();
            try
            {
                protocol(() =>
                {
                    _stopped.Release();
                    _go.Wait();
                });
            }
            catch (Exception e)
            {
                _failure = e;
            }

            Done = true;
            _stopped.Release();
        }
    }
}
