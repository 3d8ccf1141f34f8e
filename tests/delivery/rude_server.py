"""A server that does to a request what a test says: answers, waits, resets, closes without a word."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from typing import NamedTuple


class Asked(NamedTuple):
    """One request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int
    """Number of the connection, from 0."""


def answer(status: str, body: str = "", **headers: str) -> bytes:
    """A whole HTTP answer; `Retry_After="2"` is a header."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Cut(bytes):
    """Bytes after which the connection is closed."""


RESET = b"reset"
CLOSE = b"close"
HANG = b"hang"


@dataclass
class RudeServer:
    """Where it listens, and all that it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0


@contextmanager
def rude_server(behave: Callable[[Asked], bytes]) -> Iterator[RudeServer]:
    """Serves each request with what `behave` returns: an answer, part of one (Cut), RESET, CLOSE or HANG."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=600)
    server = RudeServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
    over = threading.Event()

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            number, server.connections = server.connections, server.connections + 1
            threading.Thread(target=talk, args=(connection, number), daemon=True).start()

    def talk(connection: socket.socket, number: int) -> None:
        with connection, connection.makefile("rb") as stream:
            while asked := _read(stream, number):
                server.asked.append(asked)
                said = behave(asked)
                if said == HANG:
                    over.wait(20)
                    return
                if said == RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if said == CLOSE:
                    return
                connection.sendall(said)
                if isinstance(said, Cut):
                    return

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()


def _read(stream: BufferedReader, number: int) -> Asked | None:
    try:
        line = stream.readline().decode("latin-1").strip()
        headers = {}
        while header := stream.readline().decode("latin-1").strip():
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
    except OSError:
        return None
    return Asked(line, headers, body, number) if line else None
