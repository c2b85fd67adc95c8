using Understudy.Hosting.Configuration;
using Understudy.Hosting.Listening;

namespace Understudy.Api.Keys;

internal static class ApiKeys
{
    public static void AddApiKeys(this WebApplicationBuilder builder)
    {
        var options = builder.Services.AddValidatedOptions<ApiOptions>(builder.Configuration, "Api");
        if (options.Keys.Length == 0 && ListenAddresses.Of(builder.Configuration).FirstOrDefault(a => !ListenAddresses.IsLoopback(a)) is { } open)
            builder.Services.OptionsSections().AddError(
                $"Api:Keys is not set; it must hold a key (Name, Key, Role) as {open} is reachable from other machines, or Urls must be loopback such as {ListenAddresses.Default}");

        builder.Services.AddSingleton<KeyRing>();
        // Not AddAuthentication(): it also sets up data protection, which writes key files into the user's home.
        builder.Services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = KeyAuthentication.SchemeName;
            authentication.AddScheme<KeyAuthentication>(KeyAuthentication.SchemeName, null);
        });
        builder.Services.AddWebEncoders();
        builder.Services.AddTransient<KeyAuthentication>();
        builder.Services.AddAuthorization(Policies.Add);
    }

    public static void UseApiKeys(this WebApplication app)
    {
        if (app.Services.GetRequiredService<KeyRing>().IsEmpty)
            app.UseMiddleware<LoopbackGuard>();
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
