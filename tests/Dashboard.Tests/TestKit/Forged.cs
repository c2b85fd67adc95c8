using Microsoft.Playwright;

namespace Understudy.Dashboard.Tests.TestKit;

/// <summary>What somebody sends who knows how forms look, whether they were shown one or not.</summary>
internal static class Forged
{
    /// <summary>With a token that is good for them: the form that signs them out has one.</summary>
    public static async Task<IAPIResponse> PostAsync(BrowserWindow window, string path, params (string Name, string Value)[] fields)
    {
        await window.GoAsync("/");
        var token = await window.Page.Locator("input[name=__RequestVerificationToken]").First.GetAttributeAsync("value");
        var form = window.Context.APIRequest.CreateFormData();
        form.Append("__RequestVerificationToken", token!);
        foreach (var (name, value) in fields)
            form.Append(name, value);
        return await window.Context.APIRequest.PostAsync(new Uri(new Uri(window.Page.Url), path).ToString(), new() { Form = form, MaxRedirects = 0 });
    }
}
