using Understudy.Scavenging.Policies;

namespace Understudy.Scavenging.Replay;

/// <summary>Many sessions at a time, each at its own pace, of three kinds whose shares of uses are kept.</summary>
internal sealed class DemandStream
{
    private const double PagesOfAReader = 12;
    private const double SecondsOfAReader = 20;
    private const double SecondsOfACrawler = 2;

    private readonly GeneratedDemand _demand;
    private readonly Random _random;
    private readonly Works _works;
    private readonly (int First, int Pages)[] _books;
    private readonly double[] _upTo;
    private readonly PriorityQueue<Session, double> _sessions = new();
    private readonly Dictionary<int, int> _numbers = [];
    private (double All, double Crawled, double Once) _planned;

    public DemandStream(GeneratedDemand demand)
    {
        (_demand, _random) = (demand, new Random(demand.Seed));
        _works = new Works(demand, _random);
        _books = [.. _works.All.Where(w => w.Pages > 1)];
        _upTo = new double[_works.All.Length];
        for (var i = 0; i < _upTo.Length; i++)
            _upTo[i] = (i == 0 ? 0 : _upTo[i - 1]) + Math.Pow(i + 1, -demand.Zipf);
    }

    public IEnumerable<Use> Read()
    {
        var pace = _demand.Days * 86_400 / _demand.Uses;
        var changeEvery = 86_400 / (_demand.Churn * _works.All.Length / 2);
        var (begin, nextChange) = (0d, changeEvery);
        for (long index = 0; index < _demand.Uses; index++)
        {
            while (!_sessions.TryPeek(out _, out var first) || first > begin)
            {
                var session = Begin();
                _sessions.Enqueue(session, begin);
                begin += Exponential(pace * session.Left);
            }

            _sessions.TryDequeue(out var next, out var at);
            for (; nextChange < at; nextChange += changeEvery)
                Swap(_random.Next(_works.All.Length), _random.Next(_works.All.Length));
            var asset = next!.Asset;
            if (!_numbers.TryGetValue(asset, out var number))
                _numbers.Add(asset, number = _numbers.Count);
            yield return new Use(index, at, number, _works.Bytes(asset));
            if (next.TurnsThePage(_random))
                _sessions.Enqueue(next, at + Exponential(next.Dwell));
        }
    }

    private Session Begin()
    {
        var session = _planned.Once < _demand.Once * _planned.All ? new Session(_works.AddOne(_random), 1, 0, 1)
            : _planned.Crawled < _demand.Crawled * _planned.All ? Crawler(_books[_random.Next(_books.Length)])
            : Reader(_works.All[Rank()]);
        _planned.All += session.Left;
        if (session.IsCrawler)
            _planned.Crawled += session.Left;
        else if (session.First >= _works.OfWorks)
            _planned.Once++;
        return session;
    }

    private static Session Crawler((int First, int Pages) book) =>
        new(book.First, book.Pages, 0, book.Pages) { IsCrawler = true, Dwell = SecondsOfACrawler };

    private Session Reader((int First, int Pages) work) =>
        new(work.First, work.Pages, _random.NextDouble() < 0.8 ? 0 : _random.Next(work.Pages), work.Pages == 1 ? 1 : 1 + (int)Exponential(PagesOfAReader)) { Dwell = SecondsOfAReader };

    private int Rank()
    {
        var found = Array.BinarySearch(_upTo, _random.NextDouble() * _upTo[^1]);
        return found < 0 ? ~found : found;
    }

    private void Swap(int one, int other) => (_works.All[one], _works.All[other]) = (_works.All[other], _works.All[one]);

    private double Exponential(double mean) => -Math.Log(1 - _random.NextDouble()) * mean;
}
