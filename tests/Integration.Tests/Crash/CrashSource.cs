namespace Understudy.Integration.Tests.Crash;

/// <summary>An S3 that counts what it serves.</summary>
internal interface ICrashSource : IAsyncDisposable
{
    /// <summary>For <c>Aws:ServiceUrl</c>.</summary>
    string ServiceUrl { get; }

    string Bucket { get; }

    /// <param name="inParts">As uploaded in parts: the ETag is no MD5, so the copy can be proved by its structure only.</param>
    Task PutAsync(string key, byte[] bytes, bool inParts);

    Task DeleteAsync(string key);

    /// <summary>Body bytes sent for the key so far.</summary>
    long Served(string key);
}
