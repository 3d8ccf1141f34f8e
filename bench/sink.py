"""A provider that accepts everything as fast as it can: what the send stage and its baseline are measured against.

`python -m bench.sink PORT`. It answers Twilio's Messages and SendGrid's mail/send with the right status and the fields
that a client reads, keeps nothing and calls nobody back. `DELAY_MS` in the environment makes it wait before answering.
"""

import asyncio
import os
import sys

_DELAY = float(os.environ.get("DELAY_MS", "0")) / 1000
_HEADER_END = b"\r\n\r\n"


class Provider(asyncio.Protocol):
    """One keep-alive connection; requests may arrive in pieces, or several in one piece."""

    count = 0

    def __init__(self) -> None:
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(_HEADER_END)) >= 0:
            head = self.pending[:end]
            total = end + len(_HEADER_END) + _content_length(head)
            if len(self.pending) < total:
                if b"expect: 100-continue" in head.lower():
                    self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            self.pending = self.pending[total:]
            reply = self.answer(head)
            if _DELAY:
                asyncio.get_running_loop().call_later(_DELAY, self.transport.write, reply)
            else:
                self.transport.write(reply)

    def answer(self, head: bytes) -> bytes:
        """201 with a new SID for Twilio, 202 with a message id for SendGrid."""
        Provider.count += 1
        if b"/v3/mail/send" in head.partition(b"\r\n")[0]:
            return b"HTTP/1.1 202 Accepted\r\nX-Message-Id: bench%d\r\nContent-Length: 0\r\n\r\n" % Provider.count
        body = b'{"sid": "SM%032x", "status": "queued", "num_segments": "1", "error_code": null}' % Provider.count
        return b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int) -> None:
    """Serves on the loopback until it is ended."""
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
