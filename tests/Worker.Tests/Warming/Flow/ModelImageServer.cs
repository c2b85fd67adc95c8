using Understudy.Warming.Flow;

namespace Understudy.Worker.Tests.Warming.Flow;

/// <summary>
/// A node as a model in steps of a millisecond: its cores are shared among all that is computed at the same time, viewers'
/// requests and warming alike; hits of its cache cost nothing. Warming always has work. The same numbers each run.
/// </summary>
internal sealed class ModelImageServer(WarmingFlowOptions options, int seed)
{
    private const double Step = 0.001;
    private const double HitSeconds = 0.005;

    private readonly Random _noise = new(seed);
    private readonly List<Job> _warming = [];
    private readonly List<Job> _viewers = [];
    private readonly List<double> _warmed = [];
    private readonly List<(double At, double Latency)> _viewed = [];
    private readonly List<(double At, double Permitted)> _permitted = [];
    private double _now;

    private sealed class Job(double started, double left, bool hit, bool probe)
    {
        public double Started => started;
        public double Left { get; set; } = left;
        public bool Hit => hit;
        public bool Probe => probe;
    }

    public NodeState Node { get; } = new(options);

    public int Cores { get; init; } = 4;

    /// <summary>Of one core, on average, for a miss.</summary>
    public double MissSeconds { get; set; } = 0.1;

    /// <summary>Whether the next warming request finds its answer in the cache.</summary>
    public Func<Random, double, bool> IsHit { get; set; } = (_, _) => false;

    /// <summary>Viewers who each ask for the next tile as soon as they have the last.</summary>
    public int Viewers { get; set; }

    /// <summary>More jobs at once, and it answers 503.</summary>
    public int RefusesAbove { get; set; } = int.MaxValue;

    public double Seconds => _now;

    public ModelImageServer Run(double seconds)
    {
        for (var end = _now + seconds; _now < end; _now += Step)
        {
            Start();
            Advance();
            if (_permitted.Count == 0 || _now - _permitted[^1].At > 0.02)
                _permitted.Add((_now, Node.Permitted));
        }

        return this;
    }

    public double MeanPermitted(double last) => _permitted.Where(p => p.At > _now - last).Average(p => p.Permitted);

    public double LeastPermitted(double last) => _permitted.Where(p => p.At > _now - last).Min(p => p.Permitted);

    public int Warmed(double last) => _warmed.Count(at => at > _now - last);

    public double ViewersLatency(double last) => _viewed.Where(v => v.At > _now - last).Average(v => v.Latency);

    /// <summary>How long after that moment so many were permitted.</summary>
    public double SecondsTo(double permitted, double after) => _permitted.First(p => p.At >= after && p.Permitted >= permitted).At - after;

    private void Start()
    {
        while (_viewers.Count < Viewers)
            _viewers.Add(new Job(_now, Cost(), false, false));
        while (Node.MayStart(1 << 18, TimeSpan.FromSeconds(_now)))
        {
            var probe = Node.Start(1 << 18);
            var hit = IsHit(_noise, _now);
            var job = new Job(_now, hit ? HitSeconds : Cost(), hit, probe);
            if (_warming.Count + _viewers.Count >= RefusesAbove)
                End(job, AnswerKind.Overload);
            else
                _warming.Add(job);
        }
    }

    private void Advance()
    {
        var computed = _viewers.Count + _warming.Count(j => !j.Hit);
        var pace = Math.Min(1, (double)Cores / Math.Max(1, computed)) * Step;
        for (var i = _viewers.Count - 1; i >= 0; i--)
        {
            if ((_viewers[i].Left -= pace) > 0)
                continue;
            _viewed.Add((_now, _now - _viewers[i].Started));
            _viewers.RemoveAt(i);
        }

        for (var i = _warming.Count - 1; i >= 0; i--)
        {
            var job = _warming[i];
            if ((job.Left -= job.Hit ? Step : pace) > 0)
                continue;
            _warming.RemoveAt(i);
            _warmed.Add(_now);
            End(job, AnswerKind.Good);
        }
    }

    private void End(Job job, AnswerKind kind) => Node.Finished(
        1 << 18, job.Probe, new TurnReport(kind, TimeSpan.FromSeconds(_now - job.Started)), TimeSpan.FromSeconds(job.Started), TimeSpan.FromSeconds(_now), _noise.NextDouble());

    // Log-normal: mostly near the mean, now and then three times as much.
    private double Cost()
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _noise.NextDouble())) * Math.Cos(2 * Math.PI * _noise.NextDouble());
        return MissSeconds * Math.Exp(0.4 * normal - 0.08);
    }
}
