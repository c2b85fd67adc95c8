using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Understudy.Contracts;
using Understudy.Dashboard.SignIn;

namespace Understudy.Dashboard.Hosting;

/// <summary>The worker's API, called with the key of whoever looks, so that the API itself decides what they may and knows who it was.</summary>
internal sealed class WorkerApi : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
    private readonly Lazy<Uri> _address;

    public WorkerApi(DashboardOptions options, IServer server)
    {
        _address = new(() => options.Api is { } given ? new Uri(given.AbsoluteUri.TrimEnd('/') + "/") : Own(server));
        // Nobody's certificate is for 127.0.0.1, and what this process sends itself passes nobody.
#pragma warning disable CA5359
        if (options.Api is null)
            _handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
    }

    public Uri Address => _address.Value;

    public UnderstudyClient For(Visitor visitor) => new(Http(visitor.Key, visitor.OnBehalfOf));

    public UnderstudyClient With(string? key) => new(Http(key, null));

    public void Dispose() => _handler.Dispose();

    private HttpClient Http(string? key, string? onBehalfOf)
    {
        var http = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Address, Timeout = Timeout };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (onBehalfOf is not null)
            http.DefaultRequestHeaders.Add(UnderstudyClient.OnBehalfOfHeader, Uri.EscapeDataString(onBehalfOf));
        return http;
    }

    /// <summary>Where this process itself listens, as it reaches itself.</summary>
    private static Uri Own(IServer server)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !a.Contains("unix:", StringComparison.Ordinal))
            ?? addresses.FirstOrDefault(a => a.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            ?? throw new HttpRequestException("this worker listens to no address that its dashboard can reach; set Dashboard:Api");
        var own = new UriBuilder(address.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal));
        if (IPAddress.TryParse(own.Host.Trim('[', ']'), out var ip))
            own.Host = ip.Equals(IPAddress.Any) ? "127.0.0.1" : ip.Equals(IPAddress.IPv6Any) ? "[::1]" : own.Host;
        return own.Uri;
    }
}
