using System.CommandLine;
using System.Net.Http.Headers;
using Understudy.Contracts;

namespace Understudy.Hosting.CommandLine;

/// <summary>The options that every verb shares which talks to a running worker.</summary>
internal sealed class WorkerConnection
{
    private readonly Terminal _terminal;
    private readonly Option<string> _url;
    private readonly Option<string?> _key;
    private readonly Option<bool> _json = new("--json") { Description = "JSON for machines" };

    public WorkerConnection(Terminal terminal)
    {
        _terminal = terminal;
        _url = new("--url")
        {
            Description = "where the worker is; or the variable UNDERSTUDY_URL",
            HelpName = "URL",
            DefaultValueFactory = _ => terminal.Variable("UNDERSTUDY_URL") is { Length: > 0 } url ? url : "http://127.0.0.1:8080",
        };
        _url.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                result.AddError($"--url is '{result.GetValueOrDefault<string>()}'; it must be a URL such as http://127.0.0.1:8080");
        });
        _key = new("--key") { Description = "a key of the worker; rather the variable UNDERSTUDY_KEY, which 'ps' doesn't show", HelpName = "KEY" };
    }

    public void AddTo(Command verb)
    {
        verb.Options.Add(_url);
        verb.Options.Add(_key);
        verb.Options.Add(_json);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public string Url(ParseResult parsed) => parsed.GetValue(_url)!;

    /// <param name="timeout">How long one call may take.</param>
    public HttpClient Connect(ParseResult parsed, TimeSpan timeout)
    {
        // With the slash, relative paths go below a path of the base address.
        var http = new HttpClient { BaseAddress = new Uri(Url(parsed).TrimEnd('/') + "/"), Timeout = timeout };
        if ((parsed.GetValue(_key) ?? _terminal.Variable("UNDERSTUDY_KEY")) is { Length: > 0 } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
