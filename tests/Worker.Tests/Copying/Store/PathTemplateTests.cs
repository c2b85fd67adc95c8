using FsCheck;
using FsCheck.Fluent;
using Understudy.Contracts;
using Understudy.Copying.Store;

namespace Understudy.Worker.Tests.Copying.Store;

public sealed class PathTemplateTests
{
    private const string Default = "{customer}/{space}/{image-dir}/{image}.jp2";

    [Theory]
    [InlineData("1/99/foo", "1/99/foo/foo.jp2")]
    [InlineData("10/20/foobarbazqux", "10/20/fo/ob/ar/ba/foobarbazqux/foobarbazqux.jp2")]
    [InlineData("99/100/test-image-name", "99/100/te/st/-i/ma/test-image-name/test-image-name.jp2")]
    [InlineData("1/2/12345678", "1/2/12345678/12345678.jp2")]
    [InlineData("1/2/123456789", "1/2/12/34/56/78/123456789/123456789.jp2")]
    [InlineData("1/2/Foo", "1/2/Foo/Foo.jp2")]
    [InlineData("1/2/a b%20#(c)", "1/2/a /b%/20/#(/a b%20#(c)/a b%20#(c).jp2")]
    [InlineData("1/2/a\\b", "1/2/a\\b/a\\b.jp2")]
    [InlineData("1/2/{space}", "1/2/{space}/{space}.jp2")]
    [InlineData("1/2/a{image}", "1/2/aa{image}/a{image}.jp2")]
    [InlineData("1/2/😀😀😀😀x", "1/2/😀/😀/😀/😀/😀😀😀😀x/😀😀😀😀x.jp2")]
    public void Path_is_what_DLCS_makes_of_the_template(string id, string expected) =>
        Assert.Equal(expected, Resolved(Template(Default), id));

    [Theory]
    [InlineData("{root}/{customer}/{space}/{image-dir}/{image}.jp2")]
    [InlineData("/nas/{customer}/{space}/{image-dir}/{image}.jp2")]
    [InlineData(Default)]
    public void Template_may_begin_with_the_root_in_either_form(string template) =>
        Assert.Equal("1/99/foo/foo.jp2", Resolved(Template(template), "1/99/foo"));

    [Fact]
    public void Template_may_go_deeper_than_the_root() =>
        Assert.Equal("iiif/1/99/foo.jp2", Resolved(Template("/nas/iiif/{customer}/{space}/{image}.jp2"), "1/99/foo"));

    [Theory]
    [InlineData("/other/{customer}/{space}/{image}", "absolute")]
    [InlineData("/nasty/{customer}/{space}/{image}", "absolute")]
    [InlineData("{root}{customer}/{space}/{image}", "{root} only at its start")]
    [InlineData("{root}\\{customer}\\{space}\\{image}", "{root} only at its start")]
    [InlineData("a/{root}/{customer}/{space}/{image}", "{root} only at its start")]
    [InlineData("{space}/{image}", "must contain {customer}")]
    [InlineData("{customer}/{image}", "must contain {space}")]
    [InlineData("{customer}/{space}/{image}/file.jp2", "file name")]
    [InlineData("{customer}/{space}/{image-dir}", "file name")]
    [InlineData("{customer}/{space}/{image}/", "file name")]
    [InlineData("{customer}{space}/{image}", "apart from digits")]
    [InlineData("{customer}1{space}/{image}", "apart from digits")]
    [InlineData("{customer}/{space}{image}", "apart from digits")]
    [InlineData("{customer}/{image}{space}", "apart from digits")]
    [InlineData("{customer}/4{space}/{image}", "apart from digits")]
    [InlineData("{customer}/{space}/{image}{image}", "exactly once")]
    [InlineData("{customer}/{space}/x{image-dir}/{image}", "whole segment")]
    [InlineData("{customer}/{space}/{image-dir}/{image-dir}/{image}", "once")]
    [InlineData("{customer}/{space}/{image_dir}/{image}", "unknown token {image_dir}")]
    [InlineData("{customer}//{space}/{image}", "empty segment")]
    [InlineData("../{customer}/{space}/{image}", "'..'")]
    [InlineData("./{customer}/{space}/{image}", "'.'")]
    [InlineData(".understudy/{customer}/{space}/{image}", "reserved")]
    [InlineData("{customer}/{space}/.nfs{image}", "reserved")]
    public void Template_is_refused_when_it_leaves_the_root_or_lets_assets_share_a_file(string template, string fault)
    {
        Assert.False(PathTemplate.TryCreate(template, "/nas", out _, out var error));
        Assert.Contains(fault, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..", "'..'")]
    [InlineData(".", "'.'")]
    [InlineData("ab..cdefgh", "'..'")]
    [InlineData("abcd..efgh", "'..'")]
    [InlineData(".nfs0001", "reserved")]
    [InlineData(".understudy", "reserved")]
    [InlineData("a😀bcdefgh", "surrogate")]
    [InlineData("abcdefg😀", "surrogate")]
    public void Name_is_refused_when_it_or_a_piece_of_it_is_no_safe_segment(string name, string fault)
    {
        var refused = Assert.IsType<PathResult.Refused>(Template(Default).Resolve(Id(1, 2, name)));
        Assert.Contains(fault, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_is_refused_when_its_file_name_is_over_255_bytes()
    {
        Assert.IsType<PathResult.Resolved>(Template(Default).Resolve(Id(1, 2, new string('é', 125))));
        Assert.IsType<PathResult.Refused>(Template(Default).Resolve(Id(1, 2, new string('é', 126))));
    }

    [Fact]
    public void Path_is_refused_when_it_is_over_4095_bytes_with_the_root()
    {
        var root = "/" + string.Join('/', Enumerable.Repeat(new string('r', 250), 16));
        Assert.True(PathTemplate.TryCreate("{customer}/{space}/{image}.jp2", root, out var template, out _));
        var room = StorePath.MaxPathBytes - root.Length - "/1/2/.jp2".Length;
        Assert.IsType<PathResult.Resolved>(template.Resolve(Id(1, 2, new string('a', room))));
        Assert.IsType<PathResult.Refused>(template.Resolve(Id(1, 2, new string('a', room + 1))));
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("a\0b")]
    [InlineData(".understudy/retired/x")]
    public void Store_path_refuses_what_is_no_plain_relative_path(string text) =>
        Assert.IsType<PathResult.Refused>(StorePath.Parse(text));

    [Fact]
    public void Store_path_refuses_half_of_a_surrogate_pair() =>
        Assert.IsType<PathResult.Refused>(StorePath.Parse("a/" + "😀"[..1]));

    public static TheoryData<string> Templates() =>
    [
        Default,
        "{customer}/{space}/{image}",
        "{customer}_{space}_{image}.jp2",
        "{image}-{space}-{customer}.jp2",
        "{image-dir}/c{customer}-s{space}/{image}",
        "{image}/{customer}/{image-dir}/x/{space}-{image}.jp2",
    ];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Path_never_escapes_and_never_is_shared(string template)
    {
        var paths = Template(template);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Pairs().ToArbitrary(), pair =>
        {
            var (first, second) = pair;
            return (Stays(paths, first) && Stays(paths, second)
                && (first == second) == (paths.Resolve(first) is PathResult.Resolved a && paths.Resolve(second) is PathResult.Resolved b
                    ? a.Path == b.Path
                    : first == second)).Label($"{first} and {second}");
        }));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Path_tells_whose_it_is(string template)
    {
        var paths = Template(template);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Pairs().ToArbitrary(), pair =>
            (paths.Resolve(pair.Item1) is not PathResult.Resolved { Path: var path } || paths.TryInvert(path.Text, out var id) && id == pair.Item1).Label($"{pair.Item1}")));
    }

    [Theory]
    [InlineData("1/99/foo/bar.jp2")]
    [InlineData("1/99/foo/foo.jp2.bak")]
    [InlineData("1/99/foo/foo.jp2\n")]
    [InlineData("x/1/99/foo/foo.jp2")]
    [InlineData("01/99/foo/foo.jp2")]
    [InlineData("1/99999999999/foo/foo.jp2")]
    [InlineData("1/2/fo/ob/ar/ba/foobarbazqux/foobarbazqu.jp2")]
    [InlineData("1/2/foobarbazqux/foobarbazqux.jp2")]
    [InlineData("1/2/../..jp2")]
    [InlineData("")]
    public void Path_that_no_asset_resolves_to_is_nobodys(string path) =>
        Assert.False(Template(Default).TryInvert(path, out _));

    private static bool Stays(PathTemplate template, AssetId id) =>
        template.Resolve(id) is not PathResult.Resolved { Path: var path }
        || (Path.GetFullPath(path.Text, "/nas") == "/nas/" + path.Text && path.Text.Split('/').All(s => s.Length > 0 && s is not ("." or ".." or ".understudy")));

    /// <summary>Ids from a small, nasty alphabet, so that near misses are common.</summary>
    private static Gen<(AssetId, AssetId)> Pairs()
    {
        var number = Gen.OneOf(Gen.Choose(0, 12), Gen.Elements(1, 11, 111, 112, 12, 121));
        var name = Gen.Elements("a", ".", "..", "1", "2", "-", "_", "x", "{image}", "{customer}", "\\", "😀", "é", "12", "aaaaaaaa", "c1-s1")
            .NonEmptyListOf().Select(parts => string.Concat(parts.Take(7)));
        var id = from c in number from s in number from n in name select Id(c, s, n);
        return from a in id from b in Gen.OneOf(id, Gen.Constant(a)) select (a, b);
    }

    private static PathTemplate Template(string template)
    {
        Assert.True(PathTemplate.TryCreate(template, "/nas/", out var result, out var error), error);
        return result;
    }

    private static string Resolved(PathTemplate template, string id) =>
        Assert.IsType<PathResult.Resolved>(template.Resolve(AssetId.Parse(id))).Path.Text;

    private static AssetId Id(int customer, int space, string name)
    {
        Assert.True(AssetId.TryCreate(customer, space, name, out var id, out var error), error);
        return id;
    }
}
