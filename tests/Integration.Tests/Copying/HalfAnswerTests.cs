using System.Net;
using System.Net.Sockets;
using System.Text;
using Understudy.Integration.Tests.TestKit;

namespace Understudy.Integration.Tests.Copying;

/// <summary>Answers that are no HTTP, or not yet: what a broken proxy or a hung server sends.</summary>
public sealed class HalfAnswerTests(PostgresServer postgres)
{
    public static readonly TheoryData<string> Answers =
    [
        "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Ran",
        "HTTP/1.1 206 Partial Content\r\n",
        "",
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Length: 1000\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes 0-999/*\r\nContent-Length: 1000\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes 0-99999/100000\r\nContent-Length: 100000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nETag: W/\"a\"\r\nContent-Range: bytes 0-999/1000\r\nContent-Length: 1000\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n<Error><Code>",
        "HTTP/1.1 500 Oh\r\nContent-Length: 19\r\n\r\n<html>sorry</html>\n",
        "HTTP/1.1 503 Busy\r\nContent-Length: 300\r\n\r\n<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;\">]><Error><Code>&c;</Code></Error>" +
            "                                                                                                                                                                                                          ",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_that_is_none_ends_as_a_dead_plan_that_says_why(string answer)
    {
        using var server = new OneAnswerServer(answer);
        await using var world = await CopyWorld.EmptyAsync(postgres);
        var worker = await world.AddWorkerAsync($"Aws:ServiceUrl={server.Address}", "Plans:MaxAttempts=2", "Copying:PartTries=2", CopyWorker.Impatient);

        var view = await worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo"));

        await world.AssertDeadAsync(view, Contracts.Fault.Failed, "s3://pics/foo");
    }

    [Fact]
    public async Task Server_that_cannot_even_be_connected_to_is_given_up()
    {
        // A queue of one that nobody takes from: the kernel drops what knocks next, as a firewall would.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        using var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filler.ConnectAsync(deaf.LocalEndPoint!);
        await using var world = await CopyWorld.EmptyAsync(postgres);
        // Longer than a connection may take to come about: that time-out shows as a cancellation that nobody asked for.
        var worker = await world.AddWorkerAsync($"Aws:ServiceUrl=http://{deaf.LocalEndPoint}", "Plans:MaxAttempts=1", "Copying:PartTries=1", "Copying:StallTimeout=00:00:25");

        await world.AssertDeadAsync(await worker.CopyAsync(CopyWorld.Id, CopyWorld.Uri("foo")), Contracts.Fault.Failed, "s3://pics/foo", "ConnectTimeout");
    }

    /// <summary>Says the same to everybody, and then nothing more.</summary>
    private sealed class OneAnswerServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _clients = [];
        private readonly byte[] _answer;

        public OneAnswerServer(string answer)
        {
            _answer = Encoding.Latin1.GetBytes(answer);
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://{_listener.LocalEndpoint}";

        public void Dispose()
        {
            _listener.Dispose();
            lock (_clients)
                _clients.ForEach(c => c.Dispose());
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    lock (_clients)
                        _clients.Add(client);
                    _ = AnswerAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Disposed of.
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            try
            {
                await stream.ReadExactlyAsync(new byte[16]);
                await stream.WriteAsync(_answer);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The client went away.
            }
        }
    }
}
