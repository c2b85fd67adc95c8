using System.Text;
using System.Xml;
using System.Xml.Linq;
using Understudy.Aws;

namespace Understudy.Purging.Targets.Edge;

internal sealed record Invalidation(string Id, bool IsCompleted);

/// <summary>Amazon CloudFront, as much of it as invalidating needs. AWSSDK.CloudFront isn't in the package feed.</summary>
internal sealed class Invalidations(AwsHttp http, AwsOptions options)
{
    private const string Version = "2020-05-31";

    private static readonly XNamespace Xml = $"http://cloudfront.amazonaws.com/doc/{Version}/";

    /// <exception cref="AwsFailure">It was refused, or CloudFront is away.</exception>
    public Task<Invalidation> CreateAsync(string distribution, InvalidationBatch batch, CancellationToken cancel)
    {
        var body = new XElement(Xml + "InvalidationBatch",
            new XElement(Xml + "Paths",
                new XElement(Xml + "Quantity", batch.Paths.Count),
                new XElement(Xml + "Items", batch.Paths.Select(p => new XElement(Xml + "Path", p)))),
            new XElement(Xml + "CallerReference", batch.CallerReference));
        return CallAsync(HttpMethod.Post, $"/{Version}/distribution/{distribution}/invalidation", Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting)), cancel);
    }

    /// <exception cref="AwsFailure">It was refused, or CloudFront is away.</exception>
    public Task<Invalidation> FindAsync(string distribution, string id, CancellationToken cancel) =>
        CallAsync(HttpMethod.Get, $"/{Version}/distribution/{distribution}/invalidation/{id}", [], cancel);

    private async Task<Invalidation> CallAsync(HttpMethod method, string path, byte[] body, CancellationToken cancel)
    {
        var call = new AwsCall(AwsEndpoint.OfPartition("cloudfront", options), "application/xml", body, []) { Method = method, Path = path };
        var answer = await http.SendAsync(call, Failure, cancel);
        try
        {
            var made = XElement.Parse(Encoding.UTF8.GetString(answer));
            return new Invalidation(Value(made, "Id") ?? throw new XmlException("it has no Id"), Value(made, "Status") == "Completed");
        }
        catch (XmlException e)
        {
            throw new AwsFailure($"the answer is not CloudFront's: {e.Message}", inner: e);
        }
    }

    private static AwsFailure Failure(HttpResponseMessage answer, byte[] body)
    {
        var (code, message) = ("", answer.ReasonPhrase);
        try
        {
            var error = XElement.Parse(Encoding.UTF8.GetString(body)).DescendantsAndSelf().FirstOrDefault(e => e.Name.LocalName == "Error");
            if (error is not null)
                (code, message) = (Value(error, "Code") ?? "", Value(error, "Message"));
        }
        catch (XmlException)
        {
            // A proxy's page: its status says enough.
        }

        return new AwsFailure($"{(int)answer.StatusCode} {code}: {message}", code, answer.StatusCode);
    }

    private static string? Value(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}
