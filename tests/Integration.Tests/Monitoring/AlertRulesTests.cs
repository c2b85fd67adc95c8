using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Understudy.Hosting.Metrics;
using Understudy.Intake.Queues;
using Understudy.Integration.Tests.Copying;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Monitoring;

/// <summary>The alert rules that come with the worker, held against what it measures and against what is said about them.</summary>
public sealed partial class AlertRulesTests(PostgresServer postgres)
{
    private static readonly string Docs = Path.Combine(Repository(), "docs");
    private static readonly string Rules = File.ReadAllText(Path.Combine(Docs, "prometheus", "understudy.rules.yml"));
    private static readonly string Operations = File.ReadAllText(Path.Combine(Docs, "operations.md"));

    [Fact]
    public async Task Rules_and_the_list_of_metrics_name_only_what_the_worker_measures()
    {
        var measured = new HashSet<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Understudy")
            {
                lock (measured)
                    measured.Add(new Family(instrument, maxSeries: 1).Name);
            }
        };
        listener.Start();
        await using var world = await CopyWorld.StartAsync(postgres, "Publishing:InMemory=true", "Cantaloupe:Tiles:Nodes:0=http://127.0.0.1:9", "Cantaloupe:Tiles:HasTasks=false");
        MakeOthers();

        string[] wanted = [.. Metric().Matches(Rules).Concat(Listed().Matches(Operations)).Select(m => m.Value.Trim('`')).Where(n => n != "understudy_metrics_dropped_total").Distinct().Order()];
        Assert.NotEmpty(wanted);
        Assert.Equal([], wanted.Except(measured));
        Assert.Equal([], measured.Except(wanted));
    }

    [Fact]
    public void Every_alert_has_its_paragraph_and_none_is_left_over()
    {
        var alerts = Alert().Matches(Rules).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Order(), Paragraph().Matches(Operations).Select(m => m.Groups[1].Value).Order());
    }

    /// <summary>Those that a worker makes when something happens for the first time, or when it is told of queues.</summary>
    private static void MakeOthers()
    {
        foreach (var type in typeof(Program).Assembly.GetTypes().Where(t => !t.ContainsGenericParameters && t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(f => f.FieldType.IsAssignableTo(typeof(Instrument)))))
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        QueueMetrics.Observe([]);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Worker.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("these tests run from within the repository");
        return folder.FullName;
    }

    // Jobs are called understudy, too.
    [GeneratedRegex(@"understudy_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"`understudy_[a-z_]+")]
    private static partial Regex Listed();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"^\*\*(Understudy\w+)\*\*", RegexOptions.Multiline)]
    private static partial Regex Paragraph();
}
