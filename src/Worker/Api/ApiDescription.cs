using Microsoft.OpenApi;
using Understudy.Api.Keys;
using Understudy.Contracts;

namespace Understudy.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(AssetId) || context.JsonTypeInfo.Type == typeof(AssetId?))
                Describe(schema);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Understudy", Version = "v1", Description = "JPEG 2000 copies for IIIF tile servers, there before they are asked for." };
            document.Components ??= new();
            document.AddComponent(KeyAuthentication.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A key of Api:Keys. Not wanted where the worker has none.",
            });
            document.Security = [new() { [new OpenApiSecuritySchemeReference(KeyAuthentication.SchemeName, document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this IEndpointRouteBuilder app) => app.MapOpenApi("/openapi/{documentName}.json").RequireRead();

    private static void Describe(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String;
        schema.Pattern = @"^(0|[1-9][0-9]{0,9})/(0|[1-9][0-9]{0,9})/[^/\u0000-\u001F\u007F-\u009F]+$";
        schema.MaxLength = AssetId.MaxLength;
        schema.Description = "customer/space/asset";
        schema.Examples = ["2/5/foo"];
        schema.Properties = null;
        schema.Required = null;
    }
}
