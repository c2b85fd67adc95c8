using System.Text;
using Understudy.Bench.Data;

namespace Understudy.Bench.Serving;

/// <summary>The answers to ListObjectsV2, written once: a file for every page of 1000 keys, S3's limit.</summary>
internal static class Listing
{
    public const string Folder = ".lists";
    public const string TokenPrefix = "page-";

    private const int PageKeys = 1000;

    public static void Write(string root, DataSet set)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, Folder)).FullName;
        var pages = set.Keys.Chunk(PageKeys).ToArray();
        for (var page = 1; page <= pages.Length; page++)
            File.WriteAllText(Path.Combine(folder, $"{set.Bucket}.{page}.xml"), Page(root, set, pages[page - 1], page, page == pages.Length));
    }

    private static string Page(string root, DataSet set, string[] keys, int page, bool last)
    {
        var xml = new StringBuilder();
        xml.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.Append("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        xml.Append($"<Name>{set.Bucket}</Name><Prefix/><KeyCount>{keys.Length}</KeyCount><MaxKeys>{PageKeys}</MaxKeys>");
        xml.Append(last ? "<IsTruncated>false</IsTruncated>" : $"<IsTruncated>true</IsTruncated><NextContinuationToken>{TokenPrefix}{page + 1}</NextContinuationToken>");
        foreach (var key in keys)
        {
            var file = new FileInfo(Path.Combine(root, set.Bucket, key));
            var modified = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds();
            xml.Append($"<Contents><Key>{key}</Key><LastModified>{file.LastWriteTimeUtc:yyyy-MM-dd'T'HH:mm:ss'.000Z'}</LastModified>");
            // As nginx makes it for the object itself: modification time and length.
            xml.Append($"<ETag>&quot;{modified:x}-{file.Length:x}&quot;</ETag><Size>{file.Length}</Size><StorageClass>STANDARD</StorageClass></Contents>");
        }

        return xml.Append("</ListBucketResult>\n").ToString();
    }
}
