namespace Understudy.Copying.Checksums;

internal enum ChecksumKind
{
    Crc32C,
    Crc32,
    Crc64Nvme,
    Sha256,
    Sha1,
    Md5,
}
