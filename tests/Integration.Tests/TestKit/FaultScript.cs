namespace Understudy.Integration.Tests.TestKit;

/// <summary>Ready-made scripts: which requests meet which fault.</summary>
internal static class FaultScript
{
    public static Func<FaultyRequest, Fault?> None { get; } = _ => null;

    public static Func<FaultyRequest, Fault?> Always(Fault fault) => _ => fault;

    /// <summary>The first so many GETs and HEADs.</summary>
    public static Func<FaultyRequest, Fault?> First(int times, Fault fault) => request => request.Number <= times ? fault : null;

    /// <summary>The k-th, the 2k-th, …</summary>
    public static Func<FaultyRequest, Fault?> EveryNth(int k, Fault fault) => request => request.Number % k == 0 ? fault : null;

    /// <summary>Each range fails so many times before it is served.</summary>
    public static Func<FaultyRequest, Fault?> FirstOfEachRange(int times, Fault fault) =>
        request => request.NumberOfRange <= times ? fault : null;

    public static Func<FaultyRequest, Fault?> Get(Func<FaultyRequest, Fault?> script) =>
        request => request.Method == "GET" ? script(request) : null;

    public static Func<FaultyRequest, Fault?> Key(string key, Func<FaultyRequest, Fault?> script) =>
        request => request.Key == key ? script(request) : null;

    /// <summary>The first of them that has a fault.</summary>
    public static Func<FaultyRequest, Fault?> Any(params Func<FaultyRequest, Fault?>[] scripts) =>
        request => scripts.Select(script => script(request)).FirstOrDefault(fault => fault is not null);
}
