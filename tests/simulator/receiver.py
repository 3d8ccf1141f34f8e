"""The application's side of a webhook, as far as the carrier's tests need one: it keeps what it is sent."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        """The body's parameters, blanks kept."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Receiver:
    """Answers every request by `answer`, or with the next of `statuses` and no body."""

    base_url: str = ""
    received: list[Received] = field(default_factory=list)
    statuses: deque[int] = field(default_factory=deque)
    answer: Callable[[Received], tuple[str, str]] | None = None
    """Returns content type and body."""

    def wait_for(self, count: int, path: str = "", seconds: float = 10.0) -> list[Received]:
        """The requests to `path` (or to any), once there are `count`."""
        deadline = time.monotonic() + seconds
        while len(found := [one for one in list(self.received) if path in ("", one.path)]) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} requests came: {found}"
            time.sleep(0.01)
        return found


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Received(self.command, self.path, headers, body)
            receiver.received.append(one)
            kind, words = receiver.answer(one) if receiver.answer else ("text/plain", "")
            self.send_response(receiver.statuses.popleft() if receiver.statuses else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(words.encode())))
            self.end_headers()
            self.wfile.write(words.encode())

        do_GET = do_POST = _take  # noqa: N815  # names that http.server calls

        def log_message(self, *_: Any) -> None:
            """Keeps quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A carrier that stops closes its connections under our hands: no news."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="receiver")
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
