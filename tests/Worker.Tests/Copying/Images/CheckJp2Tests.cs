using Understudy.Copying.Images;
using Understudy.Worker.Tests.TestKit;

namespace Understudy.Worker.Tests.Copying.Images;

public sealed class CheckJp2Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("understudy-check-").FullName;
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void CheckJp2_a_sound_file_is_ok_with_its_facts()
    {
        var file = Write("good.jp2", SyntheticJp2.Bytes(4 << 18 | 4096, seed: 1));

        Assert.Equal(0, CheckJp2.Run([file], _output, json: false));
        Assert.Equal($"ok  {file}  1024x1024, 512x512 tiles, 5 levels, 3 components, 8 bit\n", _output.ToString());
    }

    [Fact]
    public void CheckJp2_a_broken_file_is_bad_with_the_reason_and_the_others_are_still_checked()
    {
        var (bad, good) = (Write("bad.jp2", []), Write("good.jp2", SyntheticJp2.Bytes(512, seed: 1)));

        Assert.Equal(1, CheckJp2.Run([bad, good], _output, json: false));
        Assert.Equal($"BAD {bad}: the file is empty\nok  {good}  512x512, 512x512 tiles, 5 levels, 3 components, 8 bit\n", _output.ToString());
    }

    [Fact]
    public void CheckJp2_an_unreadable_file_weighs_more_than_a_broken_one()
    {
        var (bad, missing) = (Write("bad.jp2", []), Path.Combine(_folder, "missing.jp2"));

        Assert.Equal(2, CheckJp2.Run([missing, bad, _folder], _output, json: false));
        Assert.Equal(["UNREADABLE", "BAD", "UNREADABLE"], _output.ToString().Trim().Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void CheckJp2_json_is_one_object_a_line()
    {
        var (good, bad) = (Write("gööd.jp2", SyntheticJp2.Bytes(512, seed: 1)), Write("bad.jp2", []));

        Assert.Equal(1, CheckJp2.Run([good, bad], _output, json: true));
        Assert.Equal(
            $$$"""{"file":"{{{good}}}","result":"ok","facts":{"format":"jp2","width":512,"height":512,"tileWidth":512,"tileHeight":512,"levels":5,"components":3,"bitDepth":8}}""" + "\n"
            + $$"""{"file":"{{bad}}","result":"bad","reason":"the file is empty"}""" + "\n",
            _output.ToString());
    }

    public void Dispose()
    {
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Write(string name, byte[] bytes)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
