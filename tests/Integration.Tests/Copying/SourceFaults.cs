using Fault = Understudy.Integration.Tests.TestKit.Fault;

namespace Understudy.Integration.Tests.Copying;

/// <summary>All that a source's server does wrong, by the name that tests have for it.</summary>
public static class SourceFaults
{
    public const int Small = 50_000;
    public const int Large = 500_000;

    internal static readonly Dictionary<string, Fault> All = new()
    {
        ["503"] = Fault.SlowDown,
        ["429"] = Fault.TooManyRequests,
        ["500"] = Fault.InternalError,
        ["403"] = Fault.AccessDenied,
        ["expired"] = Fault.ExpiredPresign,
        ["reset before headers"] = Fault.ResetBeforeHeaders,
        ["silence before headers"] = Fault.StallBeforeHeaders,
        ["reset at once"] = Fault.ResetAfter(0),
        ["reset half-way"] = Fault.ResetAfter(10_000),
        ["closed half-way"] = Fault.CloseAfter(10_000),
        ["silence after headers"] = Fault.StallAfter(0),
        ["silence half-way"] = Fault.StallAfter(10_000),
        ["shorter body"] = Fault.ShorterBody(10_000),
        ["wrong Content-Range"] = Fault.WrongContentRange,
        ["no ETag"] = Fault.NoETag,
        ["headers twice"] = Fault.DuplicateHeaders,
        ["whole instead of range"] = Fault.WholeInsteadOfRange,
        ["trickle"] = Fault.Trickle(100, TimeSpan.FromMilliseconds(50)),
        ["corrupt"] = Fault.Corrupt(45_000),
    };

    public static readonly TheoryData<string, int> Cases = new(from fault in All.Keys from size in new[] { Small, Large } select (fault, size));

    public static readonly TheoryData<string> Names = [.. All.Keys];

    /// <summary>Settings of a worker that meets it.</summary>
    public static string[] PatienceWith(string fault) =>
        fault == "trickle" || fault.StartsWith("silence", StringComparison.Ordinal) ? [CopyWorker.Impatient] : [];
}
