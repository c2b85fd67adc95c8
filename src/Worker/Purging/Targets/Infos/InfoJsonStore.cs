using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Understudy.Copying.Sources;

namespace Understudy.Purging.Targets.Infos;

/// <summary>
/// Where DLCS keeps the info.json that it made of the image servers': all below the asset's prefix goes, whatever versions and servers it has names for.
/// Only once the nodes are clean, or what is fetched next is old again.
/// </summary>
internal sealed class InfoJsonStore(string template, S3Access access) : IPurgeTarget
{
    private const int ListsAtOnce = 8;

    // S3's own limit.
    private const int MostDeleted = 1000;

    private readonly SourceUri.S3 _template = (SourceUri.S3)SourceUri.Parse(template, out _)!;

    public string Name => $"infojson s3://{_template.Bucket}";

    public TargetKind Kind => TargetKind.InfoJsonStore;

    public int MostAtOnce => 200;

    public async Task<IReadOnlyList<PurgeReply>> PurgeAsync(IReadOnlyList<PurgeSubject> subjects, CancellationToken cancel)
    {
        var s3 = access.ClientOf(_template.Region);
        var found = new List<string>[subjects.Count];
        var listed = await Each.OfAsync([.. Enumerable.Range(0, subjects.Count)], ListsAtOnce, (i, stop) => AnsweredAsync(async () =>
        {
            found[i] = await ListAsync(s3, PrefixOf(subjects[i]), stop);
            return PurgeReply.Done;
        }, stop), cancel);

        var replies = listed.ToArray();
        foreach (var some in subjects.Index().Where(s => replies[s.Index] is PurgeReply.Purged).SelectMany(s => found[s.Index].Select(key => (s.Index, Key: key))).Chunk(MostDeleted))
        {
            var refused = new Dictionary<string, PurgeReply>();
            var all = await AnsweredAsync(() => DeleteAsync(s3, [.. some.Select(o => o.Key).Distinct()], refused, cancel), cancel);
            foreach (var (i, key) in some)
                replies[i] = PurgeReply.Worst([replies[i], all, refused.GetValueOrDefault(key, PurgeReply.Done)]);
        }

        return replies;
    }

    // A key is its characters, dots and all: nothing to encode, and nothing that leads out of the prefix.
    private string PrefixOf(PurgeSubject subject) => IdTemplate.Of(_template.Key, subject.Id, customer: null, encode: s => s);

    private async Task<List<string>> ListAsync(IAmazonS3 s3, string prefix, CancellationToken cancel)
    {
        var keys = new List<string>();
        string? next = null;
        do
        {
            var page = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _template.Bucket, Prefix = prefix, ContinuationToken = next }, cancel);
            // A server that took the prefix for something else must not cost anything.
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key).Where(k => k.StartsWith(prefix, StringComparison.Ordinal)));
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
        return keys;
    }

    private async Task<PurgeReply> DeleteAsync(IAmazonS3 s3, List<string> keys, Dictionary<string, PurgeReply> refused, CancellationToken cancel)
    {
        try
        {
            await s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _template.Bucket, Quiet = true, Objects = [.. keys.Select(k => new KeyVersion { Key = k })] }, cancel);
        }
        catch (DeleteObjectsException e)
        {
            foreach (var error in e.Response.DeleteErrors)
            {
                var said = $"s3://{_template.Bucket}/{error.Key}: {error.Code}: {error.Message}";
                refused[error.Key] = error.Code is "AccessDenied" or "MethodNotAllowed" ? new PurgeReply.Refused(said) : new PurgeReply.NotYet(said);
            }
        }

        return PurgeReply.Done;
    }

    private async Task<PurgeReply> AnsweredAsync(Func<Task<PurgeReply>> ask, CancellationToken cancel)
    {
        try
        {
            return await ask();
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            return new PurgeReply.Refused($"s3://{_template.Bucket}: {e.ErrorCode}: {e.Message} (the worker needs s3:ListBucket and s3:DeleteObject there)");
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MovedPermanently or HttpStatusCode.BadRequest && e.ErrorCode is not ("ExpiredToken" or "RequestTimeout"))
        {
            return new PurgeReply.Refused($"s3://{_template.Bucket}: {e.ErrorCode}: {e.Message}");
        }
        catch (AmazonS3Exception e)
        {
            return new PurgeReply.NotYet($"s3://{_template.Bucket}: {(int)e.StatusCode} {e.ErrorCode}: {e.Message}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AmazonClientException or AmazonServiceException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return new PurgeReply.NotYet($"s3://{_template.Bucket}: {e.Message}", IsAway: true);
        }
    }
}
