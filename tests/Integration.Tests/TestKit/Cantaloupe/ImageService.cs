using Understudy.Warming.Planning;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Integration.Tests.TestKit.Cantaloupe;

/// <summary>What a node answers to a URL of the Image API, from its caches or from the source.</summary>
internal sealed class ImageService(SourceFiles files, DerivativeCache derivatives, InfoCaches infos, CantaloupeOptions options)
{
    public (bool IsCached, long Pixels) Work(IiifCall call)
    {
        if (call.Operation is not { } operation)
            return (false, 0);
        var isCached = FromCache(call) is not null;
        return (isCached, isCached || infos.Peek(call.Identifier) is not { } image ? 0 : operation.Pixels(image.Size));
    }

    public CantaloupeAnswer Answer(IiifCall call, Func<PixelSize, PixelSize> resize) =>
        call.Operation is { } operation ? Image(call, operation, resize) : Info(call, resize);

    /// <summary>A derivative as it went out. With <c>cache=recache</c> it goes where only that query finds it.</summary>
    public void Keep(IiifCall call, byte[] body)
    {
        if (call.Operation is not null && call.Cache is not ("false" or "nocache"))
            derivatives.PutImage(call.Identifier, call.Key, body);
    }

    private byte[]? FromCache(IiifCall call) =>
        call.Cache is "false" or "nocache" or "recache" ? null : derivatives.Image(call.Identifier, call.Key);

    private CantaloupeAnswer Info(IiifCall call, Func<PixelSize, PixelSize> resize)
    {
        if (infos.Find(call.Identifier, call.Cache) is not { } image)
            return CantaloupeAnswer.Refusal(404);
        if (call.Page > image.Pages)
            return CantaloupeAnswer.Refusal(400);
        var id = new Uri(options.PublicAddress, $"/iiif/{call.Version}/{Uri.EscapeDataString(call.Identifier)}{(call.Page > 1 ? $";{call.Page}" : "")}");
        var type = call.Version == 2 ? "application/json;charset=UTF-8" : "application/ld+json;charset=UTF-8;profile=\"http://iiif.io/api/image/3/context.json\"";
        return new CantaloupeAnswer(200, type, InfoJson.Of(call.Version, id.AbsoluteUri, image with { Size = resize(image.Size) }, options));
    }

    private CantaloupeAnswer Image(IiifCall call, ImageOperation operation, Func<PixelSize, PixelSize> resize)
    {
        if (FromCache(call) is { } kept)
            return new CantaloupeAnswer(200, "image/jpeg", kept) { IsFromCache = true };
        if (files.Find(call.Identifier) is not { } file || infos.Find(call.Identifier, call.Cache) is not { } image)
            return CantaloupeAnswer.Refusal(404);
        if (operation.Format != "jpg")
            return CantaloupeAnswer.Refusal(415);
        if (call.Page > image.Pages || operation.Output(image.Size) is not { } output)
            return CantaloupeAnswer.Refusal(400);
        if (operation.Enlarges(image.Size) || (options.MaxPixels > 0 && output.Area > options.MaxPixels))
            return CantaloupeAnswer.Refusal(call.Version == 2 ? 403 : 400);
        var size = resize(output);
        return new CantaloupeAnswer(200, "image/jpeg", TinyJpeg.Of(size.Width, size.Height, file.Look));
    }
}
