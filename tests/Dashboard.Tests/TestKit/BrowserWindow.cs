using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Understudy.Dashboard.Tests.TestKit;

/// <summary>A page in the browser, and everything that went wrong in it: errors on its console (violated policies are such), failed scripts, requests to elsewhere.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _wrong = new();

    public BrowserWindow(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page) = (context, page);
        var here = address.GetLeftPart(UriPartial.Authority);
        context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _wrong.Enqueue($"{message.Page?.Url}: {message.Type}: {message.Text}");
        };
        context.WebError += (_, error) => _wrong.Enqueue($"{error.Page?.Url}: {error.Error}");
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(here + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _wrong.Enqueue($"a request to {request.Url}");
        };
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <returns>The answer's status.</returns>
    public async Task<int> GoAsync(string path) => (await Page.GotoAsync(path))!.Status;

    /// <summary>After a click: until the page whose address has this in it is there. (WaitForURLAsync now and then misses that the page is loaded, and waits for ever.)</summary>
    public Task ArriveAsync(string address) =>
        Page.WaitForFunctionAsync("address => document.readyState === 'complete' && location.href.includes(address)", address);

    public async Task SignInAsync(string key)
    {
        await GoAsync("/sign-in");
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
    }

    public Task<string> TextAsync() => Page.Locator("body").InnerTextAsync();

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public void AssertNothingWrong() => Assert.True(_wrong.IsEmpty, string.Join('\n', _wrong));

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
