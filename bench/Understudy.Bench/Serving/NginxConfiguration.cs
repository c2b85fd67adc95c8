using Understudy.Bench.Data;

namespace Understudy.Bench.Serving;

/// <summary>
/// nginx as S3: path-style buckets are folders, so that HEAD, Range, If-Match and ETag are its own; listings are files.
/// Signatures aren't looked at.
/// </summary>
internal static class NginxConfiguration
{
    /// <summary>A second, for each connection: about what S3 gives one.</summary>
    public const int LimitedMebibytes = 90;

    private const string TrickleRate = "1k";

    public static string Text(string buckets, int unlimitedPort, int limitedPort) =>
        $$"""
        worker_processes auto;
        daemon off;
        pid nginx.pid;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        events { worker_connections 4096; }
        http {
            access_log off;
            sendfile on;
            # A rate is kept by a pause after each chunk; the default of 2 MiB leaves half of a 4 MiB file without one.
            sendfile_max_chunk 1m;
            tcp_nopush on;
            keepalive_timeout 600s;
            keepalive_requests 10000000;
            client_body_temp_path temp/body;
            proxy_temp_path temp/proxy;
            fastcgi_temp_path temp/fastcgi;
            uwsgi_temp_path temp/uwsgi;
            scgi_temp_path temp/scgi;
            types { image/jp2 jp2; }

            map $args $page {
                default 1;
                "~(?:^|&)continuation-token={{Listing.TokenPrefix}}(?<token>[0-9]+)" $token;
            }

            server {
                listen 127.0.0.1:{{unlimitedPort}};
                {{Buckets(buckets)}}
            }

            server {
                listen 127.0.0.1:{{limitedPort}};
                limit_rate {{LimitedMebibytes}}m;
                {{Buckets(buckets)}}
            }
        }
        """;

    private static string Buckets(string root) =>
        $$"""
        root {{root}};
                location / { }
                location /{{DataSet.Trickle.Bucket}}/ { limit_rate {{TrickleRate}}; }
                location ~ ^/(?<bucket>bench-[a-z]+)/?$ {
                    types { }
                    default_type application/xml;
                    try_files /{{Listing.Folder}}/$bucket.$page.xml =404;
                }
        """;
}
