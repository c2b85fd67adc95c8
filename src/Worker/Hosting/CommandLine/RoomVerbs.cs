using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary><c>understudy scavenge</c>, <c>pin</c>, <c>unpin</c>, <c>pins</c></summary>
internal static class RoomVerbs
{
    private const int MostShown = 30;

    public static IEnumerable<Command> Create(ClientVerb client) => [Scavenge(client), Pin(client), Unpin(client), List(client)];

    private static Verb Scavenge(ClientVerb client)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would go, in which order, and what stays and why" };
        var verb = new Verb("scavenge", "Makes room: copies go from the store until it is at its low water mark, those first that are worth the least.",
            "understudy scavenge --dry-run", "understudy scavenge")
        {
            dryRun,
        };
        return client.Wire(verb, async (call, cancel) =>
        {
            var dry = call.Parsed.GetValue(dryRun);
            var view = await call.Worker.ScavengeAsync(dry, cancel);
            if (call.Json)
            {
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(view, Wire.Json));
                return ExitCode.Done;
            }

            await call.Terminal.Output.WriteLineAsync(view.Excess == 0
                ? "the store is below its low water mark: nothing has to go"
                : $"{new ByteSize(view.Excess)} have to go: {view.Copies} copies of {new ByteSize(view.Bytes)} {(dry ? "would" : "will")}");
            var table = new Table("ASSET", "BYTES", "LAST USED", "COPIED", "WORTH", "STAYS");
            foreach (var c in view.First.Take(MostShown))
                table.Add($"{c.Id}", new ByteSize(c.Bytes).ToString(), c.UsedAt?.ToString("u", CultureInfo.InvariantCulture), c.CopiedAt.ToString("u", CultureInfo.InvariantCulture), c.Score?.ToString("0.0", CultureInfo.InvariantCulture), c.Kept);
            if (view.First.Count > 0)
                table.Write(call.Terminal.Output, call.Terminal.Width);
            return ExitCode.Done;
        });
    }

    private static Verb Pin(ClientVerb client)
    {
        var scopes = Scopes();
        var until = new Option<DateTimeOffset?>("--until") { HelpName = "TIME", Description = "until then; as 2027-01-31 or 2027-01-31T18:00Z" };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = "why, for those who look later" };
        var verb = new Verb("pin", "Keeps copies in the store whatever room is needed.", "understudy pin 2/5/foo", "understudy pin 2/5 --until 2027-01-31 --reason exhibition") { scopes, until, reason };
        return client.Wire(verb, async (call, cancel) =>
        {
            foreach (var scope in call.Parsed.GetRequiredValue(scopes))
                await WriteAsync(call, [await call.Worker.PinAsync(scope, new PinRequest(call.Parsed.GetValue(until), call.Parsed.GetValue(reason)), cancel)]);
            return ExitCode.Done;
        });
    }

    private static Verb Unpin(ClientVerb client)
    {
        var scopes = Scopes();
        return client.Wire(new Verb("unpin", "Lets copies go again when room is needed.", "understudy unpin 2/5/foo") { scopes }, async (call, cancel) =>
        {
            foreach (var scope in call.Parsed.GetRequiredValue(scopes))
                await call.Worker.UnpinAsync(scope, cancel);
            return ExitCode.Done;
        });
    }

    private static Verb List(ClientVerb client) => client.Wire(new Verb("pins", "Shows what stays in the store whatever room is needed.", "understudy pins"), async (call, cancel) =>
    {
        await WriteAsync(call, await call.Worker.PinsAsync(cancel));
        return ExitCode.Done;
    });

    private static Argument<string[]> Scopes()
    {
        var scopes = new Argument<string[]>("SCOPE") { Description = "an asset (2/5/foo), a space (2/5) or a customer (2)", Arity = ArgumentArity.OneOrMore };
        scopes.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                var parts = token.Value.Split('/');
                if (!AssetId.TryCreate(parts[0], parts.ElementAtOrDefault(1) ?? "0", parts.ElementAtOrDefault(2) ?? "x", out _, out var error) || parts.Length > 3)
                    result.AddError(error ?? $"'{token.Value}' has more than three parts");
            }
        });
        return scopes;
    }

    private static async Task WriteAsync(Call call, IReadOnlyList<PinView> pins)
    {
        if (call.Json)
        {
            foreach (var pin in pins)
                await call.Terminal.Output.WriteLineAsync(JsonSerializer.Serialize(pin, Wire.Json));
            return;
        }

        var table = new Table("SCOPE", "UNTIL", "BY", "SINCE", "WHY");
        foreach (var p in pins)
            table.Add(p.Scope, p.Until?.ToString("u", CultureInfo.InvariantCulture), p.PinnedBy, p.PinnedAt.ToString("u", CultureInfo.InvariantCulture), p.Reason);
        table.Write(call.Terminal.Output, call.Terminal.Width);
    }
}
