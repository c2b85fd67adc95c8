using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Understudy.Aws;

/// <summary>What goes to a topic.</summary>
internal sealed record SnsMessage(string Body, IReadOnlyDictionary<string, string> Attributes);

/// <summary>One message of a batch that SNS didn't take.</summary>
internal sealed record SnsEntryFailure(int Index, string Reason, bool MayPass);

/// <summary>Amazon SNS, as much of it as a publisher needs: the query protocol with XML answers. AWSSDK.SimpleNotificationService isn't in the package feed.</summary>
internal sealed class SnsClient(AwsHttp http, AwsOptions options)
{
    /// <summary>SNS's own limit; all messages of a batch together have 256 KiB.</summary>
    public const int LargestBatch = 10;

    /// <returns>Those that weren't published.</returns>
    public async Task<IReadOnlyList<SnsEntryFailure>> PublishAsync(string topic, IReadOnlyList<SnsMessage> messages, CancellationToken cancel)
    {
        var form = new List<KeyValuePair<string, string>> { new("Action", "PublishBatch"), new("Version", "2010-03-31"), new("TopicArn", topic) };
        foreach (var (i, message) in messages.Index())
        {
            var entry = string.Create(CultureInfo.InvariantCulture, $"PublishBatchRequestEntries.member.{i + 1}");
            form.Add(new($"{entry}.Id", i.ToString(CultureInfo.InvariantCulture)));
            form.Add(new($"{entry}.Message", message.Body));
            foreach (var (n, attribute) in message.Attributes.Index())
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{entry}.MessageAttributes.entry.{n + 1}");
                form.Add(new($"{name}.Name", attribute.Key));
                form.Add(new($"{name}.Value.DataType", "String"));
                form.Add(new($"{name}.Value.StringValue", attribute.Value));
            }
        }

        var answer = await CallAsync(EndpointOf(topic), form, cancel);
        try
        {
            return [.. XElement.Parse(answer).Descendants().Where(e => e.Name.LocalName == "Failed").Elements().Select(f => new SnsEntryFailure(
                int.Parse(Value(f, "Id") ?? "", CultureInfo.InvariantCulture),
                $"{Value(f, "Code")}: {Value(f, "Message")}",
                MayPass: Value(f, "SenderFault") != "true"))];
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new AwsFailure($"SNS PublishBatch: the answer is not SNS's: {e.Message}", inner: e);
        }
    }

    /// <summary>A topic is published to in its own region, whichever the worker's is.</summary>
    private AwsEndpoint EndpointOf(string topic) => AwsEndpoint.Of("sns", topic.Split(':') is [_, _, _, { Length: > 0 } region, ..] ? region : options.RegionInUse(), options);

    private async Task<string> CallAsync(AwsEndpoint endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancel)
    {
        using var content = new FormUrlEncodedContent(form);
        var call = new AwsCall(endpoint, "application/x-www-form-urlencoded", await content.ReadAsByteArrayAsync(cancel), []);
        return Encoding.UTF8.GetString(await http.SendAsync(call, Failure, cancel));
    }

    internal static AwsFailure Failure(HttpResponseMessage answer, byte[] body)
    {
        var (code, message) = ("", answer.ReasonPhrase);
        try
        {
            var error = XElement.Parse(Encoding.UTF8.GetString(body)).Descendants().FirstOrDefault(e => e.Name.LocalName == "Error");
            if (error is not null)
                (code, message) = (Value(error, "Code") ?? "", Value(error, "Message"));
        }
        catch (XmlException)
        {
            // A proxy's or a load balancer's page: its status says enough.
        }

        return new AwsFailure($"SNS PublishBatch: {(int)answer.StatusCode} {code}: {message}", code, answer.StatusCode);
    }

    private static string? Value(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}
